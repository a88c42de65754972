"""Parts and cards that are built once and filled many times.

A card is not put together again on the way of every install or alert: it is kept as JSON text with holes, and filling
it is one join and one parse; what comes out shares nothing with the template.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from cards import adaptive
from cards.adaptive import Card

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_HOLE = re.compile(rb"\{\{(\w+)\}\}")


def message(card: Card, summary: str) -> dict[str, Any]:
    """Return the message activity that shows `card`; `summary` is what notifications, the chat list and search show."""
    return _message({"$schema": _SCHEMA, **card}, summary)


def assemble(
    body: Sequence[dict[str, Any]],
    actions: Sequence[dict[str, Any]],
    summary: str,
    entities: Sequence[dict[str, Any]] = (),
    refresh: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the message activity that shows a card put together from filled parts; `entities` are its mentions."""
    content = {"$schema": _SCHEMA, **adaptive.card(body, actions)}
    if refresh:
        content["refresh"] = refresh
    if entities:
        content["msteams"] = {"entities": list(entities)}
    return _message(content, summary)


class Template:
    """Something in JSON with holes, written `{{name}}`, anywhere in its texts."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        parts = _HOLE.split(orjson.dumps(whole))
        self._parts = parts
        self._holes = [(index, parts[index].decode()) for index in range(1, len(parts), 2)]

    @classmethod
    def of_message(cls, card: Card, summary: str) -> "Template":
        """Make the template of a message activity."""
        return cls(message(card, summary))

    def fill(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return a new copy with each hole filled by the text of its name."""
        parts = self._parts.copy()
        for index, name in self._holes:
            parts[index] = orjson.dumps(texts[name])[1:-1]
        filled: dict[str, Any] = orjson.loads(b"".join(parts))
        return filled


def _message(content: dict[str, Any], summary: str) -> dict[str, Any]:
    attachment = {"contentType": CONTENT_TYPE, "content": content}
    return {"type": "message", "summary": summary, "attachments": [attachment]}
