"""The cards around `disconnect`: the question, and each of its outcomes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cards.adaptive import Action, ActionStyle, execute
from cards.elements import card, command_button, paragraph, title
from cards.escape import markdown, plain
from cards.names import organization
from cards.template import message
from model import Connection
from texts import gettext as _

DISCONNECT_VERB = "disconnect"
CANCEL_VERB = "cancel"
_MOST_CHOICES = 5
"""Teams shows six buttons at most."""


def build_disconnect_card(organization_name: str) -> dict[str, Any]:
    """Ask whether to disconnect.

    Both buttons carry {"command": "disconnect", "confirmed": …} as data: as Action.Execute beside the verb, and in a
    message of their own where a client knows only Action.Submit.
    """
    body = (
        title(_("Disconnect {organization}?").format(organization=organization(organization_name))),
        paragraph(_("Its alerts stop coming here. You can connect again at any time.")),
    )
    actions = [
        _answer(_("Disconnect"), DISCONNECT_VERB, "destructive", confirmed=True),
        _answer(_("Cancel"), CANCEL_VERB, "default", confirmed=False),
    ]
    summary = _("Disconnect {organization}?").format(organization=plain(organization_name, "Sentry"))
    return message(card(*body, actions=actions), summary)


def build_choose_disconnect_card(connections: Sequence[Connection]) -> dict[str, Any]:
    """Ask which of several organizations to disconnect; each button says so of its own."""
    body = (
        title(_("Disconnect which organization?")),
        paragraph(_("Its alerts stop coming here, those of the others go on.")),
    )
    actions = [
        *(_choice(connection) for connection in connections[:_MOST_CHOICES]),
        _answer(_("Cancel"), CANCEL_VERB, "default", confirmed=False),
    ]
    return message(card(*body, actions=actions), _("Disconnect which organization?"))


def _choice(connection: Connection) -> Action:
    text = plain(f"{connection.organization_name} ({urlsplit(connection.sentry_url).hostname})", "Sentry", 60)
    data = {"command": "disconnect", "confirmed": True, "connection": connection.id}
    return execute(text, DISCONNECT_VERB, data, style="destructive")


def _answer(text: str, verb: str, style: ActionStyle, *, confirmed: bool) -> Action:
    return execute(text, verb, {"command": "disconnect", "confirmed": confirmed}, style=style)


def build_disconnected_card(organization_name: str, by: str) -> dict[str, Any]:
    """Say that it is done, and by whom ("" when that is not known)."""
    name, person = organization(organization_name), markdown(by)
    done = (
        _("{organization} was disconnected by {person}. Its alerts no longer come here.")
        if person
        else _("{organization} was disconnected. Its alerts no longer come here.")
    )
    body = (title(_("Disconnected from Sentry")), paragraph(done.format(organization=name, person=person)))
    summary = _("Disconnected from {organization}").format(organization=plain(organization_name, "Sentry"))
    return message(card(*body, actions=[command_button(_("Connect again"), "setup")]), summary)


def build_still_connected_card(organization_name: str) -> dict[str, Any]:
    """Say that nothing changed; takes the place of the question after "Cancel"."""
    body = (
        title(_("Still connected to Sentry")),
        paragraph(
            _("Nothing changed: alerts from {organization} keep coming here.").format(
                organization=organization(organization_name)
            )
        ),
    )
    summary = _("Still connected to {organization}").format(organization=plain(organization_name, "Sentry"))
    return message(card(*body), summary)


def build_nothing_to_disconnect_card() -> dict[str, Any]:
    """Say that there is no connection here, and offer to make one."""
    body = (title(_("Not connected to Sentry")), paragraph(_("There is nothing to disconnect here.")))
    button = command_button(_("Get setup link"), "setup")
    return message(card(*body, actions=[button]), _("Nothing to disconnect here"))
