"""The bot comes to a place, is greeted with one card, and is forgotten when it leaves."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapter.errors import ConnectorError
from cards import build_group_chat_welcome_card, build_personal_welcome_card, build_team_welcome_card
from model import Arrival, Installation, Place, PlaceKind
from services.commands import new_nonce
from services.delivery import Delivery
from services.setup_links import SetupLinks
from store import WELCOME, NewDelivery, Store, StoreUnavailable

log = structlog.get_logger(__name__)
OVERDUE = timedelta(seconds=30)
"""After this time nobody is at a welcome any more: posting it in the turn takes ten seconds at most."""

NOTED_WITHIN, NOTE_AGAIN = 15.0, 0.5
"""Seconds; before the welcome is overdue."""

SECOND_TRY = 2.0
PENDING_AT_ONCE = 100


class Installations:
    """Who may welcome is decided by the store, so that it also holds for two processes."""

    def __init__(self, store: Store, links: SetupLinks, delivery: Delivery, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._links = links
        self._delivery = delivery
        self._clock = clock

    async def arrive(self, arrival: Arrival) -> bool:
        """Record the bot's arrival and greet; False when it was known already, or was removed since."""
        installation = await self._store.arrive(arrival, new_nonce(), self._clock())
        if installation is None:
            return False
        await self._welcome(installation)
        return True

    async def leave(self, place: Place, at: datetime, actor: str) -> bool:
        """Forget a place with its links and secrets; False when it was forgotten already or installed after `at`."""
        return await self._store.remove(place, at, actor)

    async def rename(self, place: Place, name: str) -> None:
        """Note a new name of a team or chat."""
        await self._store.rename(place, name)

    async def seen(self, place: Place, service_url: str) -> None:
        """Note that something came from a place: where it is reached now, and that it can be reached (again)."""
        await self._store.heard(place, service_url)

    async def take_up_welcomes(self) -> int:
        """Deliver the welcomes of processes that died between recording and greeting; returns how many."""
        taken = 0
        for due in await self._store.pending_welcomes(self._clock() - OVERDUE, PENDING_AT_ONCE):
            now = self._clock()
            taken += await self._delivery.take_up(self._welcome_of(due), now - OVERDUE, now)
        return taken

    async def _welcome(self, installation: Installation) -> None:
        new = self._welcome_of(installation)
        try:
            activity_id = await self._delivery.post(new)
        except ConnectorError as error:
            await self._refused(installation, new, error)
        else:
            if activity_id is not None:
                await self._note(installation, activity_id)

    async def _note(self, installation: Installation, activity_id: str) -> None:
        """Note a welcome, again while the database is away: one that is not noted would be posted once more."""
        until = time.monotonic() + NOTED_WITHIN
        while True:
            try:
                return await self._store.welcomed(installation.id, activity_id, self._clock())
            except StoreUnavailable:
                if time.monotonic() >= until:
                    raise
            await asyncio.sleep(NOTE_AGAIN)

    async def _refused(self, installation: Installation, new: NewDelivery, error: ConnectorError) -> None:
        log.warning("welcome not posted", installation=installation.id, error=str(error), gone=error.gone)
        if error.gone:
            await self._store.unreachable(installation.place, str(error), self._clock())
        else:
            # A second try, and when that fails too, a line in the list of what gave up.
            await self._delivery.deliver(new.after(SECOND_TRY))

    def _welcome_of(self, installation: Installation) -> NewDelivery:
        return NewDelivery(
            key=f"welcome:{installation.id}:{installation.installed_at.isoformat()}",
            to=installation.conversation,
            activity=welcome_card(installation, self._links.issue(installation)),
            purpose=WELCOME,
            installation_id=installation.id,
        )


def welcome_card(installation: Installation, setup_url: str) -> dict[str, Any]:
    """Return the card that greets this kind of place."""
    if installation.place.kind is PlaceKind.TEAM:
        return build_team_welcome_card(installation.name, setup_url)
    if installation.place.kind is PlaceKind.GROUP_CHAT:
        return build_group_chat_welcome_card(installation.name, setup_url)
    return build_personal_welcome_card(setup_url)
