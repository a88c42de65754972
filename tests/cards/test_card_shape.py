"""Every card is one that Teams takes: schema, size, summary, wrapping, no fixed colours, no remote images."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cards.samples import NAMES, actions_of, activities, card_of, texts_of

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "adaptive-card-1.5.0.schema.json").read_text())
VALIDATOR = jsonschema.Draft6Validator(SCHEMA)
EVERY = [
    pytest.param(activity, name, id=f"{label}-{what}")
    for label, name in NAMES.items()
    for what, activity in activities(name)
]


@pytest.mark.parametrize(("activity", "name"), EVERY)
def test_activity_is_a_message_with_one_valid_card(activity: dict[str, Any], name: str) -> None:
    assert activity["type"] == "message"
    assert [attachment["contentType"] for attachment in activity["attachments"]] == [
        "application/vnd.microsoft.card.adaptive"
    ]
    assert card_of(activity)["version"] == "1.5"
    assert [error.message for error in VALIDATOR.iter_errors(card_of(activity))] == []


@pytest.mark.parametrize(("activity", "name"), EVERY)
def test_summary_is_one_short_line_without_markup(activity: dict[str, Any], name: str) -> None:
    summary = activity["summary"]
    assert 10 <= len(summary) <= 250
    assert "\n" not in summary
    assert "**" not in summary
    assert "\\" not in summary
    assert "{{" not in summary


@pytest.mark.parametrize(("activity", "name"), EVERY)
def test_card_is_readable_everywhere(activity: dict[str, Any], name: str) -> None:
    body = card_of(activity)["body"]
    assert body[0]["style"] == "heading"
    assert all(element["wrap"] for element in body if element["type"] == "TextBlock")
    assert all(texts_of(card_of(activity)))
    dumped = json.dumps(activity)
    assert len(dumped) < 8_000
    assert not {"color", "backgroundImage", "iconUrl"} & {key for element in body for key in element}
    assert '"Image"' not in dumped


@pytest.mark.parametrize(("activity", "name"), EVERY)
def test_at_most_one_button_is_primary(activity: dict[str, Any], name: str) -> None:
    styles = [action.get("style") for action in actions_of(activity)]
    assert styles.count("positive") + styles.count("destructive") == (1 if styles else 0)


def test_the_schema_refuses_what_is_no_card() -> None:
    assert list(VALIDATOR.iter_errors({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock"}]}))
