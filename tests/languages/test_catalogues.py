"""Nothing is missing in any language, nothing is left over, and what is filled in later is in every translation."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

import catalogues
from texts import ENGLISH, LANGUAGES, gettext, ngettext, speaking

TEMPLATE = catalogues.extracted()
OTHERS = LANGUAGES[1:]
every_language = pytest.mark.parametrize("language", OTHERS)
HOLE = re.compile(r"%\(\w+\)s|\{\w+\}")
KEPT = re.compile(r"</?\w+[^>]*>|\*\*[^*]+\*\*|\b[A-Z_]{8,}\b")


def forms(message: Message) -> list[tuple[str, str]]:
    """Each translation with what it translates."""
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    text = message.id if isinstance(message.id, str) else message.id[1]
    return [(text, string) for string in strings]


def translations(language: str) -> list[tuple[str, str]]:
    return [pair for message in catalogues.read(language) if message.id for pair in forms(message)]


def test_the_languages_are_those_that_were_promised() -> None:
    assert set(LANGUAGES) == {"en", "de", "fr", "es", "ja"}


@every_language
def test_the_catalogue_has_exactly_the_texts_of_code_templates_and_manifest(language: str) -> None:
    stored = {message.id for message in catalogues.read(language) if message.id}
    wanted = {message.id for message in TEMPLATE if message.id}
    assert (wanted - stored, stored - wanted) == (set(), set()), "run: python catalogues.py"


@every_language
def test_every_text_is_translated_and_none_is_a_guess(language: str) -> None:
    assert [message.id for message in catalogues.read(language) if message.id and not forms(message)] == []
    assert [text for text, translation in translations(language) if not translation.strip()] == []
    assert [message.id for message in catalogues.read(language) if message.fuzzy and message.id] == []


@every_language
def test_no_placeholder_is_lost_or_added(language: str) -> None:
    wrong = [
        (text, translation)
        for text, translation in translations(language)
        if set(HOLE.findall(text)) != set(HOLE.findall(translation))
    ]
    assert wrong == []


@every_language
def test_no_brace_or_percent_sign_breaks_the_filling(language: str) -> None:
    for text, translation in translations(language):
        names = {name[1:-1]: "x" for name in HOLE.findall(text) if name.startswith("{")}
        if names:
            translation.format(**names)
        elif "%(" in text:
            assert translation % {name[2:-2]: "x" for name in HOLE.findall(text)}


@every_language
def test_tags_and_words_that_people_type_stay_as_they_are(language: str) -> None:
    for text, translation in translations(language):
        lost = [each for each in KEPT.findall(text) if each not in translation]
        added = Counter(each for each in KEPT.findall(translation) if each.startswith("<"))
        assert lost == [], (text, translation)
        assert set(added) <= set(KEPT.findall(text)), (text, translation)


@every_language
def test_lines_begin_and_end_as_in_english(language: str) -> None:
    for text, translation in translations(language):
        assert "\n" not in translation, text
        assert "  " not in translation, text
        if text.strip() == text:
            assert translation.strip() == translation, text


@every_language
def test_a_text_is_said_in_the_language_that_is_spoken(language: str) -> None:
    with speaking(language):
        assert gettext("Connected to Sentry") != "Connected to Sentry"
        assert gettext("") == ""
        assert gettext("said nowhere") == "said nowhere"
    assert gettext("Connected to Sentry") == "Connected to Sentry"


@pytest.mark.parametrize(
    ("language", "forms_by_number"),
    [
        (ENGLISH, {0: "{count} events", 1: "{count} event", 2: "{count} events"}),
        ("de", {0: "{count} Ereignisse", 1: "{count} Ereignis", 2: "{count} Ereignisse"}),
        ("fr", {0: "{count} événement", 1: "{count} événement", 2: "{count} événements"}),
        ("es", {0: "{count} eventos", 1: "{count} evento", 2: "{count} eventos"}),
        ("ja", {0: "{count} 件のイベント", 1: "{count} 件のイベント", 2: "{count} 件のイベント"}),
    ],
)
def test_numbers_choose_the_form_of_their_language(language: str, forms_by_number: dict[int, str]) -> None:
    with speaking(language):
        assert {n: ngettext("{count} event", "{count} events", n) for n in forms_by_number} == forms_by_number
