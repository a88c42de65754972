"""How cards speak of the place they stand in."""

from cards.escape import markdown, plain
from model import PlaceKind

_UNNAMED = {PlaceKind.TEAM: "this team", PlaceKind.PERSONAL: "this chat", PlaceKind.GROUP_CHAT: "this group chat"}
# In a personal chat every message is for the bot; elsewhere it is only told what mentions it.
_ASK = {
    PlaceKind.TEAM: "mention me with **setup**",
    PlaceKind.PERSONAL: "send **setup**",
    PlaceKind.GROUP_CHAT: "mention me with **setup**",
}


def bold_place(kind: PlaceKind, name: str) -> str:
    """Return Markdown: the name in bold, or "this chat" for a personal chat, whose name says nothing to its owner."""
    escaped = "" if kind is PlaceKind.PERSONAL else markdown(name)
    return f"**{escaped}**" if escaped else _UNNAMED[kind]


def plain_place(kind: PlaceKind, name: str) -> str:
    """Return the same for a summary, without Markdown."""
    return _UNNAMED[kind] if kind is PlaceKind.PERSONAL else plain(name, _UNNAMED[kind])


def how_to_ask_for_setup(kind: PlaceKind) -> str:
    """Return Markdown: the second half of a sentence that says how to get a new setup link there."""
    return _ASK[kind]
