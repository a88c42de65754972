"""The cards around `disconnect`: the question, and each of its outcomes."""

from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from microsoft_teams.cards import ExecuteAction, SubmitAction

from cards.elements import card, command_button, paragraph, title
from cards.escape import markdown, plain
from cards.names import organization
from cards.template import message
from model import Connection

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
        title(f"Disconnect {organization(organization_name)}?"),
        paragraph("Its alerts stop coming here. You can connect again at any time."),
    )
    actions = [
        _answer("Disconnect", DISCONNECT_VERB, "destructive", confirmed=True),
        _answer("Cancel", CANCEL_VERB, "default", confirmed=False),
    ]
    return message(card(*body, actions=actions), f"Disconnect {plain(organization_name, 'Sentry')}?")


def build_choose_disconnect_card(connections: Sequence[Connection]) -> dict[str, Any]:
    """Ask which of several organizations to disconnect; each button says so of its own."""
    body = (
        title("Disconnect which organization?"),
        paragraph("Its alerts stop coming here, those of the others go on."),
    )
    actions = [
        *(_choice(connection) for connection in connections[:_MOST_CHOICES]),
        _answer("Cancel", CANCEL_VERB, "default", confirmed=False),
    ]
    return message(card(*body, actions=actions), "Disconnect which organization?")


def _choice(connection: Connection) -> ExecuteAction:
    text = plain(f"{connection.organization_name} ({urlsplit(connection.sentry_url).hostname})", "Sentry", 60)
    data = {"command": "disconnect", "confirmed": True, "connection": connection.id}
    fallback = SubmitAction(title=text, style="destructive", data=data)
    return ExecuteAction(title=text, style="destructive", verb=DISCONNECT_VERB, data=data, fallback=fallback)


def _answer(text: str, verb: str, style: Literal["destructive", "default"], *, confirmed: bool) -> ExecuteAction:
    data = {"command": "disconnect", "confirmed": confirmed}
    fallback = SubmitAction(title=text, style=style, data=data)
    return ExecuteAction(title=text, style=style, verb=verb, data=data, fallback=fallback)


def build_disconnected_card(organization_name: str, by: str) -> dict[str, Any]:
    """Say that it is done, and by whom ("" when that is not known)."""
    name, person = organization(organization_name), markdown(by)
    done = f"{name} was disconnected by {person}." if person else f"{name} was disconnected."
    body = (title("Disconnected from Sentry"), paragraph(f"{done} Its alerts no longer come here."))
    summary = f"Disconnected from {plain(organization_name, 'Sentry')}"
    return message(card(*body, actions=[command_button("Connect again", "setup")]), summary)


def build_still_connected_card(organization_name: str) -> dict[str, Any]:
    """Say that nothing changed; takes the place of the question after "Cancel"."""
    body = (
        title("Still connected to Sentry"),
        paragraph(f"Nothing changed: alerts from {organization(organization_name)} keep coming here."),
    )
    return message(card(*body), f"Still connected to {plain(organization_name, 'Sentry')}")


def build_nothing_to_disconnect_card() -> dict[str, Any]:
    """Say that there is no connection here, and offer to make one."""
    body = (title("Not connected to Sentry"), paragraph("There is nothing to disconnect here."))
    return message(card(*body, actions=[command_button("Get setup link", "setup")]), "Nothing to disconnect here")
