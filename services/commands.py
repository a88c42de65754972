"""The commands that people give in Teams, and the card that answers each."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog

from cards import (
    build_choose_disconnect_card,
    build_connections_card,
    build_disconnect_card,
    build_disconnected_card,
    build_help_card,
    build_nothing_to_disconnect_card,
    build_setup_card,
    build_status_card,
    build_still_connected_card,
    build_unknown_command_card,
)
from model import Arrival, Connection
from services.setup_links import SetupLinks
from store import Store
from texts import gettext as _
from texts import marked

log = structlog.get_logger(__name__)


class Command(StrEnum):
    """What people can say to the bot."""

    HELP = "help"
    SETUP = "setup"
    STATUS = "status"
    DISCONNECT = "disconnect"


DESCRIPTIONS: Mapping[Command, str] = {
    Command.SETUP: marked("Get a link that connects this place to a Sentry organization"),
    Command.STATUS: marked("See what is connected here, since when and by whom"),
    Command.DISCONNECT: marked("Stop the alerts here"),
    Command.HELP: marked("See these commands"),
}

# Those that take something with them; they are read by services/listening.py and handlers/invokes.py.
MORE: Sequence[tuple[str, str]] = (
    ("subscribe", marked("Choose what comes here: subscribe issues project:web level:error environment:production")),
    ("subscriptions", marked("See what comes here")),
    ("unsubscribe", marked("End a subscription by its number, or all")),
    ("mute", marked("Hear nothing new for a while: mute 2h")),
    ("unmute", marked("Hear alerts again")),
    ("test", marked("See what an alert looks like here")),
    ("issue", marked("See an issue by its short id: issue WEB-1A")),
    ("link", marked("Act in Sentry as yourself; whoami and unlink as well")),
)


def listed() -> list[tuple[str, str]]:
    """Return every command with what it does, as help lists them."""
    known = [(name.value, text) for name, text in DESCRIPTIONS.items()]
    return [(name, _(text)) for name, text in (*known[:-2], *MORE, *known[-2:])]


def read_command(text: str) -> Command | None:
    """Return the command in `text`, whatever its case and the white space around it; None when there is none."""
    word = " ".join(text.split()).rstrip(".!?").lower()
    return Command(word) if word in set(Command) else None


def new_nonce() -> str:
    """Return what makes one setup link different from every other."""
    return secrets.token_urlsafe(16)


class Commands:
    """Answers commands; every method returns a card to post. `at` is the place the command came from."""

    def __init__(self, store: Store, links: SetupLinks, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._links = links
        self._clock = clock

    async def answer(self, command: Command | None, at: Arrival) -> dict[str, Any]:
        """Return the card that answers `command` (None: something that is no command)."""
        if command is Command.SETUP:
            return await self._setup(at)
        if command is Command.STATUS:
            return await self._status(at)
        if command is Command.DISCONNECT:
            return await self._ask_to_disconnect(at)
        return build_help_card(listed()) if command is Command.HELP else build_unknown_command_card(listed())

    async def disconnect(self, at: Arrival, by: str, connection_id: object = None) -> dict[str, Any]:
        """Disconnect the place from one organization (None: from its only one).

        by: the person's name as Teams shows it. connection_id: as the button carries it.
        """
        installation = await self._store.find(at.place)
        if connection_id is None and installation is not None and len(installation.connections) > 1:
            return build_choose_disconnect_card(installation.connections)
        known = connection_id if isinstance(connection_id, int) else None
        connection = await self._store.disconnect(at.place, at.user_id, self._clock(), known)
        if connection is None:
            return build_nothing_to_disconnect_card()
        log.info(
            "disconnected", tenant=at.place.tenant_id, kind=at.place.kind, organization=connection.organization_slug
        )
        return build_disconnected_card(connection.organization_name, by)

    async def keep(self, at: Arrival) -> dict[str, Any]:
        """Leave the place connected."""
        connection = await self._connection(at)
        return (
            build_still_connected_card(connection.organization_name)
            if connection
            else build_nothing_to_disconnect_card()
        )

    async def _setup(self, at: Arrival) -> dict[str, Any]:
        nonce = new_nonce()
        installation = await self._store.new_setup_link(at.place, nonce)
        if installation is None:
            # Teams did not tell that the bot was added here (it happens); the message itself proves it.
            installation = await self._store.arrive(at, nonce, self._clock())
        if installation is None:
            installation = await self._store.new_setup_link(at.place, nonce)
        if installation is None:
            return await self._status(at)
        return build_setup_card(installation.name, self._links.issue(installation), installation.place.kind)

    async def _status(self, at: Arrival) -> dict[str, Any]:
        installation = await self._store.find(at.place)
        name = installation.name if installation else at.name
        connections = installation.connections if installation else ()
        health = await self._store.alerts.health(installation.id) if installation and connections else None
        if len(connections) > 1:
            return build_connections_card(name, connections, at.place.kind, health)
        return build_status_card(name, next(iter(connections), None), at.place.kind, health)

    async def _ask_to_disconnect(self, at: Arrival) -> dict[str, Any]:
        installation = await self._store.find(at.place)
        connections = installation.connections if installation else ()
        if len(connections) > 1:
            return build_choose_disconnect_card(connections)
        connection = next(iter(connections), None)
        return build_disconnect_card(connection.organization_name) if connection else build_nothing_to_disconnect_card()

    async def _connection(self, at: Arrival) -> Connection | None:
        installation = await self._store.find(at.place)
        return installation.connection if installation else None
