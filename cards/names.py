"""How cards speak of the place they stand in, of organizations, and of how to send the bot a command there."""

from cards.escape import plain, quoted
from model import PlaceKind

_UNNAMED = {PlaceKind.TEAM: "this team", PlaceKind.PERSONAL: "this chat", PlaceKind.GROUP_CHAT: "this group chat"}
# What stands for the name where there is none to show: group chats without a topic are stored under this one.
_NO_TOPIC = "Group chat"
_NO_ORGANIZATION = "a Sentry organization"


def place(kind: PlaceKind, name: str) -> str:
    """Return Markdown: the place's name in quotation marks, or "this chat" and the like."""
    return quoted(_telling(kind, name), _UNNAMED[kind])


def plain_place(kind: PlaceKind, name: str) -> str:
    """Return the place's name for a summary, or "this chat" and the like."""
    return plain(_telling(kind, name), _UNNAMED[kind])


def _telling(kind: PlaceKind, name: str) -> str:
    says_nothing = kind is PlaceKind.PERSONAL or (kind is PlaceKind.GROUP_CHAT and name == _NO_TOPIC)
    return "" if says_nothing else name


def organization(name: str) -> str:
    """Return Markdown: the organization's name in quotation marks."""
    return quoted(name, _NO_ORGANIZATION)


def connected_summary(kind: PlaceKind, place_name: str, organization_name: str) -> str:
    """Return the summary of every card that says that a place is connected."""
    return f"{plain(organization_name, _NO_ORGANIZATION)} is connected to {plain_place(kind, place_name)}"


def how_to_send(kind: PlaceKind, commands: str) -> str:
    """Return the end of a sentence: in a personal chat every message is for the bot, elsewhere only mentions are."""
    return f"send {commands}" if kind is PlaceKind.PERSONAL else f"mention me with {commands}"
