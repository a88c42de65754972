"""The bot comes to a place, is greeted with one card, and is forgotten when it leaves."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapter.connector import Connector
from adapter.errors import ConnectorError
from cards import build_group_chat_welcome_card, build_personal_welcome_card, build_team_welcome_card
from model import Arrival, Installation, Place, PlaceKind
from services.commands import new_nonce
from services.setup_links import SetupLinks
from store import Store

log = structlog.get_logger(__name__)
MOST_PLACES_REMEMBERED = 20_000
CLAIM_FOR = timedelta(seconds=60)
PENDING_AT_ONCE = 100


class Installations:
    """Who may welcome is decided by the store, so that it also holds for two processes."""

    def __init__(self, store: Store, links: SetupLinks, connector: Connector, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._links = links
        self._connector = connector
        self._clock = clock
        self._service_urls: OrderedDict[Place, str] = OrderedDict()

    async def arrive(self, arrival: Arrival) -> bool:
        """Record the bot's arrival and greet; False when it was known already, or was removed since."""
        installation = await self._store.arrive(arrival, new_nonce(), self._clock())
        if installation is None:
            await self.seen(arrival.place, arrival.conversation.service_url)
            return False
        self._remember(arrival.place, arrival.conversation.service_url)
        await self._welcome(installation)
        return True

    async def leave(self, place: Place, at: datetime, actor: str) -> bool:
        """Forget a place with its links and secrets; False when it was forgotten already or installed after `at`."""
        self._service_urls.pop(place, None)
        return await self._store.remove(place, at, actor)

    async def rename(self, place: Place, name: str) -> None:
        """Note a new name of a team or chat."""
        await self._store.rename(place, name)

    async def seen(self, place: Place, service_url: str) -> None:
        """Note where a place is reached now; asks the store only when that is news to this process."""
        if self._service_urls.get(place) != service_url:
            await self._store.refresh_service_url(place, service_url)
            self._remember(place, service_url)

    async def welcome_pending(self) -> int:
        """Greet where a process died between recording and greeting, or could not post; returns how many."""
        greeted = 0
        for due in await self._store.pending_welcomes(self._clock() - CLAIM_FOR, PENDING_AT_ONCE):
            # Taken on one by one: a claim lasts a minute, and the welcomes before it may take longer.
            installation = await self._store.claim_welcome(due.id, self._clock())
            if installation is not None:
                await self._welcome(installation)
                greeted += 1
        return greeted

    def _remember(self, place: Place, service_url: str) -> None:
        self._service_urls[place] = service_url
        self._service_urls.move_to_end(place)
        if len(self._service_urls) > MOST_PLACES_REMEMBERED:
            self._service_urls.popitem(last=False)

    async def _welcome(self, installation: Installation) -> None:
        card = welcome_card(installation, self._links.issue(installation))
        try:
            activity_id = await self._connector.send(installation.conversation, card)
        except ConnectorError as error:
            log.warning("welcome not posted", installation=installation.id, error=str(error), retryable=error.retryable)
            if not error.gone:
                await self._store.welcome_failed(installation.id)
            return
        await self._store.welcomed(installation.id, activity_id, self._clock())


def welcome_card(installation: Installation, setup_url: str) -> dict[str, Any]:
    """Return the card that greets this kind of place."""
    if installation.place.kind is PlaceKind.TEAM:
        return build_team_welcome_card(installation.name, setup_url)
    if installation.place.kind is PlaceKind.GROUP_CHAT:
        return build_group_chat_welcome_card(installation.name, setup_url)
    return build_personal_welcome_card(setup_url)
