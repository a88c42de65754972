"""The bot answers each person in their language, in Teams and on its pages."""

from typing import Any

import pytest

from handlers.facts import locale_of
from sandbox.microsoft import Microsoft
from sandbox.teams import install_team, message, new_personal_chat, new_team
from tests.conftest import ServedBot
from tests.handlers.talk import content, setup_path, summaries
from texts import accepted, gettext, language, speak_to_all_in, speaking, speaking_to_all, spoken

CLIENT = {"type": "clientInfo", "locale": "fr-FR", "country": "FR", "platform": "Web"}


def said(activity: dict[str, Any], locale: str | None, *entities: dict[str, Any]) -> dict[str, Any]:
    others = [each for each in activity.get("entities", []) if each.get("type") != "clientInfo"]
    spoken_in = {**activity, "entities": [*others, *entities]}
    spoken_in.pop("locale", None)
    return {**spoken_in, "locale": locale} if locale is not None else spoken_in


@pytest.mark.parametrize(
    ("activity", "locale"),
    [
        ({"locale": "de-DE", "entities": [CLIENT]}, "de-DE"),
        ({"entities": [{"type": "mention"}, CLIENT]}, "fr-FR"),
        ({"locale": "", "entities": [CLIENT]}, "fr-FR"),
        ({"locale": 7, "entities": "none"}, ""),
        ({"entities": [None, {"type": "clientInfo", "locale": None}]}, ""),
        ({}, ""),
    ],
)
def test_the_locale_of_an_activity(activity: dict[str, Any], locale: str) -> None:
    assert locale_of(activity) == locale


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-CH", "de"), ("ja_JP", "ja"), ("ES-419", "es"), ("pt-BR", None), ("", None), ("d" * 999, None)],
)
def test_the_language_of_a_locale(locale: str, language: str | None) -> None:
    assert spoken(locale) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("pt-BR, fr;q=0.7, de;q=0.8", "de"),
        ("fr;q=0, es;q=0.1", "es"),
        ("*", ""),
        ("", ""),
        ("de;q=x, ,;;q=,ja;q=0.5", "de"),
        ("pt," * 10_000 + "de", ""),
    ],
)
def test_the_language_that_a_browser_accepts(header: str, language: str) -> None:
    assert accepted(header) == language


async def test_each_answer_is_in_the_language_of_who_asks(bot: ServedBot, microsoft: Microsoft) -> None:
    chat = new_personal_chat()
    for locale in ("de-DE", "ja-JP", "en-GB", "pt-BR"):
        await bot.teams.post(said(message(chat, "status"), locale))
    await bot.teams.post(said(message(chat, "status"), None, CLIENT))
    assert summaries(microsoft) == [
        "Mit diesem Chat ist keine Sentry-Organisation verbunden",
        "このチャット には Sentry の組織が接続されていません",
        "No Sentry organization is connected to this chat",
        "No Sentry organization is connected to this chat",
        "Aucune organisation Sentry n\u2019est connectée à cette conversation",
    ]


async def test_the_welcome_is_in_the_language_of_who_adds_the_bot(bot: ServedBot, microsoft: Microsoft) -> None:
    team = new_team()
    await bot.teams.post(said(install_team(team), "es-MX"))
    (posted,) = microsoft.connector.activities
    assert content(posted.activity)["body"][0]["text"] == "Conectar este equipo con Sentry"


async def test_commands_stay_english_words(bot: ServedBot, microsoft: Microsoft) -> None:
    await bot.teams.post(said(message(new_personal_chat(), "Hilfe"), "de-DE"))
    assert summaries(microsoft)[-1].startswith("Das habe ich nicht verstanden. Befehle: setup, status, ")


async def test_pages_are_in_the_language_of_the_browser(bot: ServedBot, microsoft: Microsoft) -> None:
    await bot.teams.post(install_team(new_team()))
    shown = {}
    for header in ("de-AT,de;q=0.9", "fr", "es", "ja", "pt", None):
        headers = {"Accept-Language": header} if header else {}
        async with bot.session.get(f"{bot.url}{setup_path(microsoft)}", headers=headers) as response:
            shown[header] = await response.text()
    assert '<html lang="de">' in shown["de-AT,de;q=0.9"]
    assert "Ein Token in Sentry erstellen" in shown["de-AT,de;q=0.9"]
    assert "Créer un jeton dans Sentry" in shown["fr"]
    assert "Crear un token en Sentry" in shown["es"]
    assert "Sentry でトークンを作成する" in shown["ja"]
    assert '<html lang="en">' in shown["pt"]
    assert shown["pt"] == shown[None]


async def test_what_stands_in_the_way_is_told_in_the_language_of_the_browser(bot: ServedBot) -> None:
    async with bot.session.get(f"{bot.url}/setup?signed_params=x", headers={"Accept-Language": "de"}) as response:
        text = await response.text()
    assert "Dieser Setup-Link ist nicht vollständig" in text
    assert "In Teams dem Bot <kbd>setup</kbd> schreiben" in text


def test_whom_nothing_is_known_of_is_spoken_to_in_the_language_for_all() -> None:
    speak_to_all_in("fr")
    try:
        assert gettext("Cancel") == "Annuler"
        with speaking("pt-BR"):
            assert language() == "fr"
        with speaking("en-GB"):
            assert gettext("Cancel") == "Cancel"
            with speaking_to_all():
                assert gettext("Cancel") == "Annuler"
    finally:
        speak_to_all_in("en")
