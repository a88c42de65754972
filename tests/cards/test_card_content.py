"""What each card says and what its buttons do."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import cards
from model import PlaceKind
from tests.cards.reading import actions_of, card_of, facts_of, markdown_of, shown_on
from tests.cards.samples import COMMANDS, NAMES, SENTRY_URL, SETUP_URL, connection

ORDINARY = NAMES["ordinary"]
HOSTILE = "[x](http://evil) *a* _b_"
SETUP_BUTTON = {"type": "Action.OpenUrl", "title": "Set up Sentry", "style": "positive", "url": SETUP_URL}


@pytest.mark.parametrize(
    ("activity", "summary", "phrases"),
    [
        (
            cards.build_team_welcome_card("R&D_core (EU)", SETUP_URL),
            "Set up Sentry for R&D_core (EU)",
            ["Connect this team to Sentry", "I was added to “R&D_core (EU)”.", "mention me with setup"],
        ),
        (
            cards.build_team_welcome_card(HOSTILE, SETUP_URL),
            f"Set up Sentry for {HOSTILE}",
            [f"I was added to “{HOSTILE}”."],
        ),
        (cards.build_team_welcome_card(" ", SETUP_URL), "Set up Sentry for this team", ["I was added to this team."]),
        (
            cards.build_personal_welcome_card(SETUP_URL),
            "Set up Sentry for this chat",
            ["Connect this chat to Sentry", "send setup"],
        ),
        (
            cards.build_group_chat_welcome_card("Launch", SETUP_URL),
            "Set up Sentry for Launch",
            ["I was added to “Launch”.", "mention me with setup"],
        ),
        (
            cards.build_group_chat_welcome_card("Group chat", SETUP_URL),
            "Set up Sentry for this group chat",
            ["I was added to this group chat."],
        ),
    ],
)
def test_welcome(activity: dict[str, Any], summary: str, phrases: list[str]) -> None:
    assert activity["summary"] == summary
    assert actions_of(activity) == [SETUP_BUTTON]
    text = shown_on(activity)
    assert [phrase for phrase in [*phrases, "works once and for 24 hours"] if phrase not in text] == []


def test_nobody_is_told_that_the_bot_was_added_to_their_own_chat() -> None:
    welcome = cards.build_personal_welcome_card(SETUP_URL)
    finished = cards.build_finished_welcome_card(PlaceKind.PERSONAL, "a1b2 (Microsoft Tenant)", "Acme")
    assert "added" not in shown_on(welcome) + shown_on(finished)


def test_welcome_cards_share_nothing() -> None:
    first = cards.build_personal_welcome_card(SETUP_URL)
    card_of(first)["body"].clear()
    first["attachments"].clear()
    assert card_of(cards.build_personal_welcome_card(SETUP_URL))["body"]


@pytest.mark.parametrize("text", ['"', "\\", "{{url}}", "\x7f\u2028é😀"])
def test_welcome_carries_any_url_unchanged(text: str) -> None:
    url = f"https://bot.example.com/setup?x={text}"
    assert actions_of(cards.build_team_welcome_card('"quoted" \\ {{place}}', url))[0]["url"] == url


@pytest.mark.parametrize("kind", PlaceKind)
def test_finished_welcome_has_no_button_and_names_the_organization(kind: PlaceKind) -> None:
    activity = cards.build_finished_welcome_card(kind, "R&D_core (EU)", HOSTILE)
    assert actions_of(activity) == []
    assert shown_on(activity).startswith(f"Connected to “{HOSTILE}”\n")
    quoted = "this chat" if kind is PlaceKind.PERSONAL else "“R&D_core (EU)”"
    assert f"Its alerts come to {quoted}.\n" in shown_on(activity)
    assert activity["summary"] == f"{HOSTILE} is connected to {quoted.strip('“”')}"


@pytest.mark.parametrize(("kind", "place"), [(PlaceKind.TEAM, "“R&D_core (EU)”"), (PlaceKind.PERSONAL, "this chat")])
def test_setup(kind: PlaceKind, place: str) -> None:
    activity = cards.build_setup_card("R&D_core (EU)", SETUP_URL, kind)
    assert f"new setup link for {place}. Earlier links no longer work." in shown_on(activity)
    assert activity["summary"] == f"New setup link for {place.strip('“”')}"
    assert actions_of(activity) == [SETUP_BUTTON]


def test_confirmation() -> None:
    activity = cards.build_confirmation_card("Acme Corp", SENTRY_URL, "R&D_core (EU)", "Ada Lovelace")
    assert "Alerts from “Acme Corp” now come to “R&D_core (EU)”." in shown_on(activity)
    assert facts_of(activity) == {"Organization": f"[Acme Corp]({SENTRY_URL})", "Connected by": "Ada Lovelace"}
    assert activity["summary"] == "Acme Corp is connected to R&D_core (EU)"
    assert [(action["title"], action["url"]) for action in actions_of(activity)] == [("Open Sentry", SENTRY_URL)]


def test_confirmation_leaves_out_who_when_it_is_not_known() -> None:
    activity = cards.build_confirmation_card("Acme", SENTRY_URL, "a tenant", "", PlaceKind.PERSONAL)
    assert list(facts_of(activity)) == ["Organization"]
    assert "Alerts from “Acme” now come to this chat." in shown_on(activity)


def test_status_says_what_where_since_when_and_by_whom() -> None:
    activity = cards.build_status_card("R&D_core (EU)", connection(ORDINARY))
    assert facts_of(activity) == {
        "Organization": f"[Acme Corp]({SENTRY_URL})",
        "Sentry": "sentry.io",
        "Since": "{{DATE(2026-11-24T03:08:59Z, SHORT)}} {{TIME(2026-11-24T03:08:59Z)}}",
        "Connected by": "Ada Lovelace",
    }
    assert activity["summary"] == "Acme Corp is connected to R&D_core (EU)"
    assert actions_of(activity)[0]["url"] == SENTRY_URL


def test_status_gives_the_time_in_utc_whatever_zone_it_came_in() -> None:
    east = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    here = replace(connection(ORDINARY), connected_by="", connected_at=east)
    facts = facts_of(cards.build_status_card("Team", here))
    assert facts["Since"] == "{{DATE(2025-12-31T23:30:00Z, SHORT)}} {{TIME(2025-12-31T23:30:00Z)}}"
    assert "Connected by" not in facts


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=2))), "9999-12-31T23:59:59Z"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "0001-01-01T00:00:00Z"),
    ],
)
def test_status_survives_the_ends_of_time(at: datetime, shown: str) -> None:
    activity = cards.build_status_card("Team", replace(connection(ORDINARY), connected_at=at))
    assert facts_of(activity)["Since"] == f"{{{{DATE({shown}, SHORT)}}}} {{{{TIME({shown})}}}}"


def test_status_without_a_connection_says_what_to_do() -> None:
    activity = cards.build_status_card("R&D_core (EU)", None)
    assert "No alerts come to “R&D_core (EU)” yet. Get a setup link to connect it." in shown_on(activity)
    assert activity["summary"] == "No Sentry organization is connected to R&D_core (EU)"
    assert [(action["type"], action["data"]) for action in actions_of(activity)] == [
        ("Action.Submit", {"command": "setup"})
    ]


@pytest.mark.parametrize("build", [cards.build_help_card, cards.build_unknown_command_card])
def test_commands_are_listed(build: Any) -> None:
    activity = build(COMMANDS)
    assert facts_of(activity) == dict(COMMANDS)
    assert activity["summary"].endswith("ommands: help, setup, status, disconnect")
    assert "mention me first" in shown_on(activity)


def test_disconnect_asks_and_both_answers_reach_the_bot_from_any_client() -> None:
    activity = cards.build_disconnect_card(HOSTILE)
    assert shown_on(activity).startswith(f"Disconnect “{HOSTILE}”?")
    assert activity["summary"] == f"Disconnect {HOSTILE}?"
    answers = {action["title"]: action for action in actions_of(activity)}
    for text, verb, confirmed in (("Disconnect", "disconnect", True), ("Cancel", "cancel", False)):
        data = {"command": "disconnect", "confirmed": confirmed}
        assert (answers[text]["type"], answers[text]["verb"]) == ("Action.Execute", verb)
        assert answers[text]["data"] == data
        assert answers[text]["fallback"]["type"] == "Action.Submit"
        assert answers[text]["fallback"]["data"] == data


@pytest.mark.parametrize(
    ("by", "sentence"),
    [("Ada *L*", "“Acme” was disconnected by Ada *L*."), ("", "“Acme” was disconnected.")],
)
def test_disconnected(by: str, sentence: str) -> None:
    activity = cards.build_disconnected_card("Acme", by)
    assert f"{sentence} Its alerts no longer come here." in shown_on(activity)
    assert activity["summary"] == "Disconnected from Acme"
    assert actions_of(activity)[0]["data"] == {"command": "setup"}


def test_still_connected() -> None:
    activity = cards.build_still_connected_card("Acme")
    assert "Nothing changed: alerts from “Acme” keep coming here." in shown_on(activity)
    assert activity["summary"] == "Still connected to Acme"
    assert actions_of(activity) == []


def test_nothing_to_disconnect_offers_setup() -> None:
    activity = cards.build_nothing_to_disconnect_card()
    assert "nothing to disconnect" in shown_on(activity)
    assert actions_of(activity)[0]["data"] == {"command": "setup"}
    assert any("Not connected" in text for text in markdown_of(activity))
