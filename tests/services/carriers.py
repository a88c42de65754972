"""Several instances of the deliveries on one database, at the connector's stand-in."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from aiohttp import ClientSession

from adapter.clouds import CLOUDS
from adapter.connector import Connector
from adapter.transport import ConnectorTransport
from model import Arrival, ConversationReference, Installation, Place, PlaceKind
from services.delivery import Delivery
from services.installations import Installations
from services.setup_links import SetupLinks
from services.upkeep import Upkeep
from settings import ChannelService
from store import Listed, NewDelivery, State, Store

KEYS = ("a signing key for the tests of the deliveries",)


ARRIVED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Instance:
    """One process's part: its store, its deliveries, what it does every now and then."""

    store: Store
    delivery: Delivery
    installations: Installations
    upkeep: Upkeep
    task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.create_task(self.delivery.run())

    def die(self) -> None:
        """Stop at once, as far as that is possible within one process: nothing is noted or handed back any more."""
        assert self.task is not None
        self.task.cancel()
        for carried in self.delivery._busy:
            carried.cancel()


@dataclass(slots=True)
class Carriers:
    """Makes instances and deliveries. `token`: what Microsoft's side has issued to the bot."""

    url: str
    token: str
    app_id: str
    session: ClientSession
    tenant: str = "tenant"
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def instance(self, *, start: bool = True, wait: float = 5.0) -> Instance:
        store = await Store.open(self.url, cipher_keys=KEYS, wait=wait)
        self._stack.push_async_callback(store.close)
        delivery = Delivery(store.deliveries, connector_to(self.token, self.app_id, self.session), now)
        self._stack.push_async_callback(delivery.stop, 1)
        links = SetupLinks(KEYS, "https://bot.example.org", now)
        installations = Installations(store, links, delivery, now)
        upkeep = Upkeep(store.deliveries, installations, delivery.figures, timedelta(days=7))
        made = Instance(store, delivery, installations, upkeep)
        if start:
            made.start()
        return made

    async def stop(self) -> None:
        await self._stack.aclose()

    def conversation(self, number: int = 0, tenant: str | None = None) -> ConversationReference:
        """Teams counts by tenant, which its service URL names."""
        tenant = tenant or self.tenant
        address = f"https://smba.trafficmanager.net/amer/{tenant}/"
        return ConversationReference(address, f"19:{number:08}@thread.tacv2", tenant)

    def card(self, to: ConversationReference | None = None, **how: Any) -> NewDelivery:
        """Cards are numbered as they are made."""
        return self.named_card(next(self._numbers), to or self.conversation(), **how)

    def named_card(self, number: int, to: ConversationReference | None = None, **how: Any) -> NewDelivery:
        """The card of that number, to the conversation of that number unless it says another."""
        activity = {"type": "message", "summary": f"card {number}", "text": f"card {number}"}
        return NewDelivery(f"key {number}", to or self.conversation(number), activity, **how)

    def arrival(self, number: int = 0) -> Arrival:
        """The bot comes to the team whose General channel is the conversation of that number."""
        to = self.conversation(number)
        return Arrival(Place(to.tenant_id, to.conversation_id, PlaceKind.TEAM), "Team", to, "29:user", ARRIVED)

    async def arrive(self, instance: Instance, number: int = 0) -> Installation:
        """The bot came to a team, and was not welcomed yet."""
        arrived = await instance.store.arrive(self.arrival(number), f"nonce {number}", now())
        assert arrived is not None
        return arrived


def connector_to(bearer: str, app_id: str, session: ClientSession) -> Connector:
    async def token() -> str:
        return bearer

    return Connector(ConnectorTransport(session, token), app_id, CLOUDS[ChannelService.PUBLIC])


async def all_done(instance: Instance, within: float = 10.0) -> None:
    """Wait until nothing waits any more."""
    end = time.monotonic() + within
    while (counts := await instance.store.deliveries.counts()).waiting:
        assert time.monotonic() < end, f"{counts} after {within} s"
        await asyncio.sleep(0.02)


async def ended(instance: Instance, state: State) -> list[Listed]:
    return await instance.store.deliveries.listing(state, 1000)
