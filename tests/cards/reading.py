"""Reads an activity as a client does."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from markdown_it import MarkdownIt

JOINER = "\u2060"
# The renderer of Teams' desktop and web clients runs `markdownIt().render(text)`; this is its port with that preset.
_RENDERER = MarkdownIt("js-default")


def card_of(activity: Mapping[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = activity["attachments"][0]["content"]
    return card


def actions_of(activity: Mapping[str, Any]) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = card_of(activity).get("actions", [])
    return actions


def elements_of(part: Any) -> Iterator[dict[str, Any]]:
    """Every element of a card, those in containers and in cards that buttons open included."""
    for element in part.get("body", []):
        yield from _within(element)
    for action in part.get("actions", []):
        yield from elements_of(action.get("card", {}))


def _within(element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield element
    for inner in element.get("items", []):
        yield from _within(inner)


def deep_actions_of(activity: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every button, those in cards that buttons open included."""
    return list(_actions_in(card_of(activity)))


def _actions_in(card: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for element in card.get("body", []):
        yield from element.get("actions", [])
    for action in card.get("actions", []):
        if action["type"] == "Action.ShowCard":
            yield from _actions_in(action["card"])
        else:
            yield action


def facts_of(activity: Mapping[str, Any]) -> dict[str, str]:
    found = [element["facts"] for element in card_of(activity)["body"] if element["type"] == "FactSet"]
    return {fact["title"]: fact["value"] for facts in found for fact in facts}


def markdown_of(activity: Mapping[str, Any]) -> Iterator[str]:
    """Every text that a client runs through Markdown: TextBlock.text, Fact.title, Fact.value."""
    for element in elements_of({"body": card_of(activity)["body"]}):
        if element["type"] == "TextBlock":
            yield element["text"]
        for fact in element.get("facts", []):
            yield from (fact["title"], fact["value"])


def rendered(markdown: str) -> str:
    return str(_RENDERER.render(markdown))


def shown(markdown: str) -> str:
    """What a person reads: the rendered text without tags and without the invisible joiner."""
    return html.unescape(re.sub(r"<[^>]*>", "", rendered(markdown))).strip("\n").replace(JOINER, "")


def shown_on(activity: Mapping[str, Any]) -> str:
    return "\n".join(shown(text) for text in markdown_of(activity))
