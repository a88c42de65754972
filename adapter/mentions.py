"""Who was mentioned, and what was said besides."""

import html
import re
from typing import Any

_TAGS = re.compile(r"<[^<>]{0,200}>")
_SPACES = re.compile(r"[\s\u00a0]+")


def mentions(raw: dict[str, Any], bot_id: str) -> bool:
    """Say whether an activity mentions `bot_id`; ids count, names do not (people choose names)."""
    return any(_mentioned_id(entity) == bot_id.lower() for entity in _entities(raw))


def text_without_mentions(raw: dict[str, Any], bot_id: str) -> str:
    """Return an activity's text on one line, without the mentions of the bot and without markup.

    The tag in `text` is taken from the mention entity, since the shown name can differ from the bot's own name.
    """
    text = str(raw.get("text") or "")
    for entity in _entities(raw):
        if _mentioned_id(entity) == bot_id.lower() and isinstance(entity.get("text"), str) and entity["text"]:
            text = text.replace(entity["text"], " ", 1)
    return _SPACES.sub(" ", html.unescape(_TAGS.sub(" ", text))).strip()


def _entities(raw: dict[str, Any]) -> list[dict[str, Any]]:
    entities = raw.get("entities")
    return [entity for entity in entities or [] if isinstance(entity, dict) and entity.get("type") == "mention"]


def _mentioned_id(entity: dict[str, Any]) -> str | None:
    mentioned = entity.get("mentioned")
    identifier = mentioned.get("id") if isinstance(mentioned, dict) else None
    return identifier.lower() if isinstance(identifier, str) else None
