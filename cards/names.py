"""How cards speak of the place they stand in, of organizations, and of how to send the bot a command there."""

from cards.escape import plain, quoted
from model import PlaceKind
from texts import gettext as _
from texts import marked

_UNNAMED = {
    PlaceKind.TEAM: marked("this team"),
    PlaceKind.PERSONAL: marked("this chat"),
    PlaceKind.GROUP_CHAT: marked("this group chat"),
}
# What stands for the name where there is none to show: group chats without a topic are stored under this one.
_NO_TOPIC = "Group chat"
_NO_ORGANIZATION = marked("a Sentry organization")


def place(kind: PlaceKind, name: str) -> str:
    """Return Markdown: the place's name in quotation marks, or "this chat" and the like."""
    return quoted(_telling(kind, name), _(_UNNAMED[kind]))


def plain_place(kind: PlaceKind, name: str) -> str:
    """Return the place's name for a summary, or "this chat" and the like."""
    return plain(_telling(kind, name), _(_UNNAMED[kind]))


def _telling(kind: PlaceKind, name: str) -> str:
    says_nothing = kind is PlaceKind.PERSONAL or (kind is PlaceKind.GROUP_CHAT and name == _NO_TOPIC)
    return "" if says_nothing else name


def organization(name: str) -> str:
    """Return Markdown: the organization's name in quotation marks."""
    return quoted(name, _(_NO_ORGANIZATION))


def plain_organization(name: str) -> str:
    """Return the organization's name for a summary."""
    return plain(name, _(_NO_ORGANIZATION))


def connected_summary(kind: PlaceKind, place_name: str, organization_name: str) -> str:
    """Return the summary of every card that says that a place is connected."""
    return _("{organization} is connected to {place}").format(
        organization=plain_organization(organization_name), place=plain_place(kind, place_name)
    )


def how_to_send(kind: PlaceKind, commands: str) -> str:
    """Return the end of a sentence: in a personal chat every message is for the bot, elsewhere only mentions are."""
    how = _("send {commands}") if kind is PlaceKind.PERSONAL else _("mention me with {commands}")
    return how.format(commands=commands)
