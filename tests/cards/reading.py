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


def markdown_of(activity: Mapping[str, Any]) -> Iterator[str]:
    """Every text that a client runs through Markdown: TextBlock.text, Fact.title, Fact.value."""
    for element in card_of(activity)["body"]:
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
