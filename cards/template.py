"""Parts and cards that are built once and filled many times.

A typed model costs far more to build and dump than a card may cost on the way of an install or of an alert. So what is
finished is kept as JSON text with holes, and filling it is one join and one parse; what comes out shares nothing with
the template.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from microsoft_teams.cards import Action, AdaptiveCard, CardElement

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_HOLE = re.compile(rb"\{\{(\w+)\}\}")


def message(card: AdaptiveCard, summary: str) -> dict[str, Any]:
    """Return the message activity that shows `card`; `summary` is what notifications, the chat list and search show."""
    return _message({"$schema": _SCHEMA, **_json(card)}, summary)


def assemble(
    body: Sequence[dict[str, Any]],
    actions: Sequence[dict[str, Any]],
    summary: str,
    entities: Sequence[dict[str, Any]] = (),
    refresh: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the message activity that shows a card put together from filled parts; `entities` are its mentions."""
    content: dict[str, Any] = {"$schema": _SCHEMA, "type": "AdaptiveCard", "version": "1.5", "body": list(body)}
    if actions:
        content["actions"] = list(actions)
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
    def of_message(cls, card: AdaptiveCard, summary: str) -> "Template":
        """Make the template of a message activity."""
        return cls(message(card, summary))

    @classmethod
    def of_part(cls, part: CardElement | Action) -> "Template":
        """Make the template of one element or action."""
        return cls(_json(part))

    def fill(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return a new copy with each hole filled by the text of its name."""
        parts = self._parts.copy()
        for index, name in self._holes:
            parts[index] = orjson.dumps(texts[name])[1:-1]
        filled: dict[str, Any] = orjson.loads(b"".join(parts))
        return filled


def _json(part: CardElement | Action | AdaptiveCard) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_none=True)


def _message(content: dict[str, Any], summary: str) -> dict[str, Any]:
    attachment = {"contentType": CONTENT_TYPE, "content": content}
    return {"type": "message", "summary": summary, "attachments": [attachment]}
