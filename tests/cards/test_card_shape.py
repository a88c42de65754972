"""Every card is one that Teams takes and people can read, whatever the names are."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cards.reading import actions_of, card_of, markdown_of, rendered
from tests.cards.samples import NAMES, SENTRY_URL, Names, activities

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "adaptive-card-1.5.0.schema.json").read_text())
VALIDATOR = jsonschema.Draft6Validator(SCHEMA)
every_name = pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())


@every_name
def test_activity_is_a_message_with_one_valid_card(names: Names) -> None:
    for what, activity in activities(names):
        assert set(activity) == {"type", "summary", "attachments"}, what
        assert activity["type"] == "message", what
        (attachment,) = activity["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive", what
        assert attachment["content"]["version"] == "1.5", what
        assert attachment["content"]["$schema"] == "http://adaptivecards.io/schemas/adaptive-card.json", what
        assert [error.message for error in VALIDATOR.iter_errors(attachment["content"])] == [], what


def test_the_schema_refuses_what_is_no_card() -> None:
    assert list(VALIDATOR.iter_errors({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock"}]}))


@every_name
def test_summary_is_one_short_line_without_markup(names: Names) -> None:
    for what, activity in activities(names):
        summary = activity["summary"]
        assert 10 <= len(summary) <= 200, what
        assert len(summary.splitlines()) == 1, what
        assert not re.search(r"\\|\*\*|\{\{|\u2060|  ", summary), what


@every_name
def test_card_has_a_heading_wraps_and_fixes_no_look(names: Names) -> None:
    for what, activity in activities(names):
        body = card_of(activity)["body"]
        assert body[0]["style"] == "heading", what
        assert all(element["wrap"] for element in body if element["type"] == "TextBlock"), what
        assert {element["type"] for element in body} <= {"TextBlock", "FactSet"}, what
        assert not {"color", "maxLines"} & {key for element in body for key in element}, what
        assert len(json.dumps(activity)) < 5_000, what


@every_name
def test_no_text_is_empty(names: Names) -> None:
    for what, activity in activities(names):
        texts = list(markdown_of(activity))
        assert all(texts), what
        assert not [text for text in texts if "“”" in text or text.endswith((" .", "to ."))], what


@every_name
def test_at_most_one_button_is_primary(names: Names) -> None:
    for what, activity in activities(names):
        styles = [action.get("style") for action in actions_of(activity)]
        assert styles.count("positive") + styles.count("destructive") == min(1, len(styles)), what


@every_name
def test_names_add_no_markup_of_their_own(names: Names) -> None:
    tags = re.compile(r"<(\w+)(?: href=\"([^\"]*)\")?>")
    for what, activity in activities(names):
        found = {tag for text in markdown_of(activity) for tag in tags.findall(rendered(text))}
        assert found <= {("p", ""), ("strong", ""), ("a", SENTRY_URL)}, what


def bold_on(activity: dict[str, Any]) -> set[str]:
    return {word for text in markdown_of(activity) for word in re.findall(r"<strong>(.*?)</strong>", rendered(text))}


@every_name
def test_only_commands_are_bold(names: Names) -> None:
    for what, activity in activities(names):
        assert bold_on(activity) <= {"setup", "status", "disconnect"}, what
