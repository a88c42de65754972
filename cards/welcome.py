"""The first card in a team, a personal chat or a group chat, before and after the setup."""

from typing import Any

from cards.elements import card, link_button, note, paragraph, title
from cards.names import connected_summary, how_to_send, organization, place, plain_place
from cards.template import Template, message
from model import PlaceKind

_TITLES = {
    PlaceKind.TEAM: "Connect this team to Sentry",
    PlaceKind.PERSONAL: "Connect this chat to Sentry",
    PlaceKind.GROUP_CHAT: "Connect this chat to Sentry",
}
_ADDED = "I was added to {{place}}. "
_OFFER = (
    "Connect a Sentry organization to get its alerts here, and to resolve, archive or assign issues from the alert."
)


def _template(kind: PlaceKind) -> Template:
    body = (
        title(_TITLES[kind]),
        paragraph(_OFFER if kind is PlaceKind.PERSONAL else _ADDED + _OFFER),
        note(f"The link works once and for 24 hours. For a new one, {how_to_send(kind, '**setup**')}."),
    )
    return Template.of_message(
        card(*body, actions=[link_button("Set up Sentry", "{{url}}")]), "Set up Sentry for {{plain_place}}"
    )


# Built once: this card stands on the way of every install.
_TEMPLATES = {kind: _template(kind) for kind in PlaceKind}


def build_team_welcome_card(team_name: str, setup_url: str) -> dict[str, Any]:
    """Greet a team; the button opens the signed setup link."""
    return _welcome(PlaceKind.TEAM, team_name, setup_url)


def build_personal_welcome_card(setup_url: str) -> dict[str, Any]:
    """Greet a person in the chat with the bot; the button opens the signed setup link."""
    return _welcome(PlaceKind.PERSONAL, "", setup_url)


def build_group_chat_welcome_card(chat_name: str, setup_url: str) -> dict[str, Any]:
    """Greet a group chat; the button opens the signed setup link."""
    return _welcome(PlaceKind.GROUP_CHAT, chat_name, setup_url)


def _welcome(kind: PlaceKind, name: str, setup_url: str) -> dict[str, Any]:
    texts = {"place": place(kind, name), "plain_place": plain_place(kind, name), "url": setup_url}
    return _TEMPLATES[kind].fill(texts)


def build_finished_welcome_card(kind: PlaceKind, place_name: str, organization_name: str) -> dict[str, Any]:
    """Build what takes the welcome card's place once the setup is done: no button, the organization named."""
    body = (
        title(f"Connected to {organization(organization_name)}"),
        paragraph(f"Its alerts come to {place(kind, place_name)}."),
        note(f"To see or end the connection, {how_to_send(kind, '**status** or **disconnect**')}."),
    )
    return message(card(*body), connected_summary(kind, place_name, organization_name))
