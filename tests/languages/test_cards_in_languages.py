"""Cards in every language: as valid, as small and as safe as in English, and said in it throughout."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import cards
import catalogues
from cards.issue_notices import Failed, Notices
from services.commands import listed
from tests.cards import alert_samples, issue_samples, samples
from tests.cards.issue_samples import ORDINARY
from tests.cards.reading import actions_of, facts_of, markdown_of
from tests.cards.test_alert_shape import check_shape
from texts import ENGLISH, LANGUAGES, language, speaking, speaking_to_all

LONGEST_SUMMARY = 400
HOLES = {hole for message in catalogues.extracted() for hole in re.findall(r"\{\w+\}", str(message.id))}
OTHERS = LANGUAGES[1:]
every_language = pytest.mark.parametrize("spoken", OTHERS)
Cards = Iterator[tuple[str, dict[str, Any]]]


def everything(name: str) -> Cards:
    yield from samples.activities(samples.NAMES[name])
    yield from issue_samples.ordinary_states()
    yield from alert_samples.ordinary()
    if name != "ordinary":
        text = samples.NAMES[name].place[:2000]
        yield from issue_samples.hostile_states(text)
        yield from alert_samples.hostile(text, issue_samples.named(text))


@every_language
@pytest.mark.parametrize("name", ["ordinary", "hostile", "rtl"])
def test_every_card_is_valid(spoken: str, name: str) -> None:
    with speaking(spoken):
        for what, activity in everything(name):
            check_shape(activity)
            assert 0 < len(activity["summary"]) <= LONGEST_SUMMARY, what


@every_language
def test_no_card_says_what_it_says_in_english(spoken: str) -> None:
    english = dict(everything("ordinary"))
    with speaking(spoken):
        for what, activity in everything("ordinary"):
            # The sample commands of help are given by the test; the rest of the card is ours.
            assert set(markdown_of(activity)) != set(markdown_of(english[what])), what


@every_language
def test_no_hole_is_left_open(spoken: str) -> None:
    with speaking(spoken):
        for what, activity in everything("ordinary"):
            shown = [activity["summary"], *markdown_of(activity)]
            assert [text for text in shown if HOLES & set(re.findall(r"\{\w+\}", text))] == [], what


@every_language
def test_help_keeps_the_commands_and_translates_what_they_do(spoken: str) -> None:
    english = dict(listed())
    with speaking(spoken):
        described = facts_of(cards.build_help_card(listed()))
    assert described.keys() == english.keys()
    assert not [name for name, text in described.items() if text == english[name]]


def test_each_language_has_templates_of_its_own() -> None:
    urls = {"en": "Set up Sentry", "de": "Sentry einrichten", "fr": "Configurer Sentry", "ja": "Sentry を設定"}
    for spoken, title in [*urls.items(), *urls.items()]:
        with speaking(spoken):
            card = cards.build_team_welcome_card("Platform", "https://bot.example.com/setup")
        assert actions_of(card)[0]["title"] == title


def test_a_stored_notice_is_said_in_the_language_of_the_card() -> None:
    failed = Failed("resolve it", "Sentry did not answer in time.", "Dana Ng", from_sentry=False)
    with speaking("de"):
        shown = list(markdown_of(cards.build_issue_card(ORDINARY, notices=Notices(progress=failed))))
    assert "Nicht gelungen, für Dana Ng: das Issue lösen. Sentry hat nicht rechtzeitig geantwortet." in shown


@pytest.mark.parametrize(
    ("spoken", "count"),
    [("en", "12,345 events"), ("de", "12.345 Ereignisse"), ("fr", "12\u202f345 événements"), ("es", "12.345 eventos")],
)
def test_numbers_are_grouped_as_the_language_does(spoken: str, count: str) -> None:
    with speaking(spoken):
        assert count in cards.build_issue_card(replace(ORDINARY, events=12_345))["summary"]


def test_speaking_ends() -> None:
    with speaking("de-AT"):
        assert language() == "de"
        with speaking("pt-BR"):
            assert language() == ENGLISH
        with speaking_to_all():
            assert language() == ENGLISH
        assert language() == "de"
    assert language() == ENGLISH
