"""The first card in a team, a personal chat or a group chat, before and after the setup."""

from typing import Any

from cards.elements import card, link_button, note, paragraph, title
from cards.escape import markdown, plain
from cards.places import bold_place, how_to_ask_for_setup, plain_place
from cards.template import Template
from model import PlaceKind

_HEADINGS = {
    PlaceKind.TEAM: "Connect this team to Sentry",
    PlaceKind.PERSONAL: "Connect this chat to Sentry",
    PlaceKind.GROUP_CHAT: "Connect this chat to Sentry",
}
_TEXT = (
    "I was added to {{place}}. Choose a Sentry organization: its alerts come here, and you can resolve, archive and "
    "assign issues on the card."
)
_PERSONAL_TEXT = (
    "Choose a Sentry organization: its alerts come to this chat, and you can resolve, archive and assign issues on "
    "the card."
)


def _text(kind: PlaceKind) -> str:
    return _PERSONAL_TEXT if kind is PlaceKind.PERSONAL else _TEXT


def _open(kind: PlaceKind) -> Template:
    link_note = f"The link works once and for 24 hours. For a new one, {how_to_ask_for_setup(kind)}."
    model = card(
        title(_HEADINGS[kind]),
        paragraph(_text(kind)),
        note(link_note),
        actions=[link_button("Set up Sentry", "{{url}}")],
    )
    return Template(model, "Set up Sentry for {{summary}}")


def _finished(kind: PlaceKind) -> Template:
    model = card(title(_HEADINGS[kind]), paragraph(_text(kind)), paragraph("Connected to **{{organization}}**."))
    return Template(model, "Sentry is set up for {{summary}}: {{plain_organization}}")


_OPEN = {kind: _open(kind) for kind in PlaceKind}
_FINISHED = {kind: _finished(kind) for kind in PlaceKind}


def build_team_welcome_card(team_name: str, setup_url: str) -> dict[str, Any]:
    """Greet a team; its button opens the signed setup link."""
    return _welcome(PlaceKind.TEAM, team_name, setup_url)


def build_personal_welcome_card(setup_url: str) -> dict[str, Any]:
    """Greet a person in the chat with the bot."""
    return _welcome(PlaceKind.PERSONAL, "", setup_url)


def build_group_chat_welcome_card(chat_name: str, setup_url: str) -> dict[str, Any]:
    """Greet a group chat."""
    return _welcome(PlaceKind.GROUP_CHAT, chat_name, setup_url)


def _welcome(kind: PlaceKind, name: str, setup_url: str) -> dict[str, Any]:
    texts = {"place": bold_place(kind, name), "summary": plain_place(kind, name), "url": setup_url}
    return _OPEN[kind].fill(texts)


def build_finished_welcome_card(kind: PlaceKind, place_name: str, organization_name: str) -> dict[str, Any]:
    """Build what takes the welcome card's place once the setup is done: no button, the organization named."""
    return _FINISHED[kind].fill(
        {
            "place": bold_place(kind, place_name),
            "summary": plain_place(kind, place_name),
            "organization": markdown(organization_name, "Sentry"),
            "plain_organization": plain(organization_name, "Sentry"),
        }
    )
