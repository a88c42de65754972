"""One activity of every builder and kind of place, with ordinary and with hostile names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cards
from alert_model import HealthFacts
from model import Connection, PlaceKind

COMMANDS = [
    ("help", "Show these commands"),
    ("setup", "Get a new setup link"),
    ("status", "Show what is connected here"),
    ("disconnect", "Disconnect from Sentry"),
]
SETUP_URL = "https://bot.example.com/setup?signed_params=eyJleHRlcm5hbF9pZCI6IjE5OmFi.aSQ3xQ.7Wd-_k"
SENTRY_URL = cards.organization_url("https://sentry.io", "acme")


@dataclass(frozen=True)
class Names:
    place: str
    organization: str
    person: str


def all_named(name: str) -> Names:
    return Names(name, name, name)


NAMES = {
    "ordinary": Names("R&D_core (EU)", "Acme Corp", "Ada Lovelace"),
    "hostile": all_named("[x](http://evil) *a* _b_"),
    "html": all_named("<b>bold</b> <script>alert(1)</script> <https://evil.example> &amp; &#42;"),
    "lines": all_named("first\r\n\r\n- second\n# third\u2028> fourth\x00\x1b[31m"),
    "long": all_named("Platform " * 1112),
    "word": all_named("x" * 10_000),
    "rtl": all_named("\u202eevil\u202c צוות פלטפורמה (EU)"),
    "ordered": all_named("1. First responders"),
    "bullet": all_named("- On call"),
    "nothing": all_named(" \u200b\n\x07"),
    "family": all_named("On-call 👩‍👩‍👧 team 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
}


def connection(names: Names) -> Connection:
    return Connection(
        id=1,
        organization_id=1,
        sentry_url="https://sentry.io",
        organization_slug="acme",
        organization_name=names.organization,
        connected_by=names.person,
        connected_at=datetime(2026, 11, 24, 3, 8, 59, 123456, tzinfo=UTC),
    )


def _trouble(names: Names) -> HealthFacts:
    at = datetime(2026, 11, 24, 3, 8, 59, tzinfo=UTC)
    return HealthFacts(waiting=3, waiting_since=at, gave_up=2, why=names.place, last_alert=at, last_heard=None)


def _in_place(names: Names, kind: PlaceKind) -> dict[str, dict[str, Any]]:
    confirmed = (names.organization, SENTRY_URL, names.place, names.person, kind)
    return {
        "finished_welcome": cards.build_finished_welcome_card(kind, names.place, names.organization),
        "setup": cards.build_setup_card(names.place, SETUP_URL, kind),
        "confirmation": cards.build_confirmation_card(*confirmed),
        "status": cards.build_status_card(names.place, connection(names), kind),
        "status_in_trouble": cards.build_status_card(names.place, connection(names), kind, _trouble(names)),
        "not_connected": cards.build_status_card(names.place, None, kind),
    }


def activities(names: Names) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every card under a name of its own."""
    yield "team_welcome", cards.build_team_welcome_card(names.place, SETUP_URL)
    yield "personal_welcome", cards.build_personal_welcome_card(SETUP_URL)
    yield "group_chat_welcome", cards.build_group_chat_welcome_card(names.place, SETUP_URL)
    for kind in PlaceKind:
        for what, activity in _in_place(names, kind).items():
            yield f"{what}_{kind.name.lower()}", activity
    yield "help", cards.build_help_card(COMMANDS)
    yield "unknown_command", cards.build_unknown_command_card(COMMANDS)
    yield "disconnect", cards.build_disconnect_card(names.organization)
    yield "disconnected", cards.build_disconnected_card(names.organization, names.person)
    yield "still_connected", cards.build_still_connected_card(names.organization)
    yield "nothing_to_disconnect", cards.build_nothing_to_disconnect_card()
