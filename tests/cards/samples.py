"""One activity of every builder, for each kind of place, with ordinary and with hostile names."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import cards
from model import Connection, PlaceKind

COMMANDS = [
    ("help", "Show these commands"),
    ("setup", "Get a new setup link"),
    ("status", "Show what is connected here"),
    ("disconnect", "Disconnect Sentry"),
]
SETUP_URL = "https://bot.example.com/setup?signed_params=eyJleHRlcm5hbF9pZCI6IjE5OmFi.aSQ3xQ.7Wd-_k"
HOSTILE = "[x](http://evil) *a* _b_"
NAMES = {
    "ordinary": "R&D_core (EU)",
    "hostile": HOSTILE,
    "html": "<b>bold</b> <script>alert(1)</script> <https://evil.example> &amp; &#42;",
    "lines": "first\r\n\r\n- second\n# third\u2028> fourth\x00\x1b[31m",
    "long": "Platform " * 1112,
    "word": "x" * 10_000,
    "rtl": "\u202eevil\u202c צוות פלטפורמה (EU)",
    "ordered": "1. First responders",
    "bullet": "- On call",
    "nothing": " \u200b\n\x07",
    "family": "On-call 👩‍👩‍👧 team 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
}
PERSON = "Ada Lovelace"


def connection(name: str, by: str = PERSON) -> Connection:
    return Connection(
        id=1,
        sentry_url="https://sentry.io",
        organization_slug="acme",
        organization_name=name,
        connected_by=by,
        connected_at=datetime(2026, 11, 24, 3, 8, 59, 123456, tzinfo=UTC),
    )


def _for_place(name: str, kind: PlaceKind) -> dict[str, dict[str, Any]]:
    url = cards.organization_url("https://sentry.io", "acme")
    return {
        "finished_welcome": cards.build_finished_welcome_card(kind, name, name),
        "setup": cards.build_setup_card(name, SETUP_URL, kind),
        "confirmation": cards.build_confirmation_card(name, url, name, name, kind),
        "status": cards.build_status_card(name, connection(name, by=name), kind),
        "not_connected": cards.build_status_card(name, None, kind),
    }


def activities(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every card, with `name` wherever a name may stand."""
    yield "team_welcome", cards.build_team_welcome_card(name, SETUP_URL)
    yield "personal_welcome", cards.build_personal_welcome_card(SETUP_URL)
    yield "group_chat_welcome", cards.build_group_chat_welcome_card(name, SETUP_URL)
    for kind in PlaceKind:
        for what, activity in _for_place(name, kind).items():
            yield f"{what}_{kind.name.lower()}", activity
    yield "help", cards.build_help_card(COMMANDS)
    yield "unknown_command", cards.build_unknown_command_card(COMMANDS)
    yield "disconnect", cards.build_disconnect_card(name)
    yield "disconnected", cards.build_disconnected_card(name, name)
    yield "still_connected", cards.build_still_connected_card(name)
    yield "nothing_to_disconnect", cards.build_nothing_to_disconnect_card()


def card_of(activity: Mapping[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = activity["attachments"][0]["content"]
    return card


def texts_of(node: Any) -> Iterator[str]:
    """Every text that a renderer runs through Markdown: TextBlock.text, Fact.title, Fact.value."""
    if isinstance(node, list):
        for item in node:
            yield from texts_of(item)
    elif isinstance(node, dict):
        if node.get("type") == "TextBlock":
            yield node["text"]
        for fact in node.get("facts", []):
            yield from (fact["title"], fact["value"])
        yield from texts_of(node.get("body", []))


def actions_of(activity: Mapping[str, Any]) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = card_of(activity).get("actions", [])
    return actions


if __name__ == "__main__":
    everything = [
        {"name": f"{label}-{what}", "card": card_of(activity), "summary": activity["summary"]}
        for label, name in NAMES.items()
        for what, activity in activities(name)
    ]
    print(json.dumps(everything))  # noqa: T201
