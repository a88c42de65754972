"""A card that is built once and filled many times.

A typed model costs far more to build and dump than a card may cost on the way of an install. So the finished activity
is kept as JSON text with holes, and filling it is one join and one parse; what comes out shares nothing with the
template.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from microsoft_teams.cards import AdaptiveCard

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_HOLE = re.compile(rb"\{\{(\w+)\}\}")


def message(card: AdaptiveCard, summary: str) -> dict[str, Any]:
    """Return the message activity that shows `card`; `summary` is what notifications, the chat list and search show."""
    content = {"$schema": _SCHEMA, **card.model_dump(mode="json", exclude_none=True)}
    attachment = {"contentType": CONTENT_TYPE, "content": content}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


class Template:
    """A message activity with holes, written `{{name}}`, anywhere in its texts."""

    def __init__(self, card: AdaptiveCard, summary: str) -> None:
        parts = _HOLE.split(orjson.dumps(message(card, summary)))
        self._parts = parts
        self._holes = [(index, parts[index].decode()) for index in range(1, len(parts), 2)]

    def fill(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return a new activity with each hole filled by the text of its name."""
        parts = self._parts.copy()
        for index, name in self._holes:
            parts[index] = orjson.dumps(texts[name])[1:-1]
        filled: dict[str, Any] = orjson.loads(b"".join(parts))
        return filled
