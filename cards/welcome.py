"""The first card in a team, a personal chat or a group chat, before and after the setup."""

from typing import Any

from cards.elements import card, link_button, note, paragraph, title
from cards.names import connected_summary, how_to_send, organization, place, plain_place
from cards.template import Template, message
from model import PlaceKind
from texts import gettext as _
from texts import marked, once_per_language

_TITLES = {
    PlaceKind.TEAM: marked("Connect this team to Sentry"),
    PlaceKind.PERSONAL: marked("Connect this chat to Sentry"),
    PlaceKind.GROUP_CHAT: marked("Connect this chat to Sentry"),
}
_OFFER = marked(
    "Connect a Sentry organization to get its alerts here, and to resolve, archive or assign issues from the alert."
)


@once_per_language  # this card stands on the way of every install
def _template(kind: PlaceKind) -> Template:
    added = _("I was added to {place}.").format(place="{{place}}")
    body = (
        title(_(_TITLES[kind])),
        paragraph(_(_OFFER) if kind is PlaceKind.PERSONAL else f"{added} {_(_OFFER)}"),
        note(
            _("The link works once and for 24 hours. For a new one, {how}.").format(how=how_to_send(kind, "**setup**"))
        ),
    )
    summary = _("Set up Sentry for {place}").format(place="{{plain_place}}")
    return Template.of_message(card(*body, actions=[link_button(_("Set up Sentry"), "{{url}}")]), summary)


# In English at once, so that not even the first install waits for it.
for _kind in PlaceKind:
    _template(_kind)


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
    return _template(kind).fill(texts)


def build_finished_welcome_card(kind: PlaceKind, place_name: str, organization_name: str) -> dict[str, Any]:
    """Build what takes the welcome card's place once the setup is done: no button, the organization named."""
    body = (
        title(_("Connected to {organization}").format(organization=organization(organization_name))),
        paragraph(_("Its alerts come to {place}.").format(place=place(kind, place_name))),
        note(
            _("To see or end the connection, {how}.").format(how=how_to_send(kind, _("**status** or **disconnect**")))
        ),
    )
    return message(card(*body), connected_summary(kind, place_name, organization_name))
