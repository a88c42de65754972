"""What every process does every now and then: look for what was left undone, count, and throw away what is over."""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from services.carrier import Figures
from services.installations import Installations
from store import DeliveryStore, StoreError

log = structlog.get_logger(__name__)
EVERY = 15.0
PRUNE_EVERY = 4


class Upkeep:
    """Runs beside the deliveries. kept: how long finished deliveries are kept; their keys are known that long."""

    def __init__(self, store: DeliveryStore, installations: Installations, figures: Figures, kept: timedelta) -> None:
        self._store = store
        self._installations = installations
        self._figures = figures
        self._kept = kept
        self._me = secrets.randbits(62)

    async def run(self) -> None:
        """Go on until cancelled."""
        rounds = 0
        while True:
            await self._try(self.show_up)
            await self._try(self._installations.take_up_welcomes)
            await self._try(self.count)
            if rounds % PRUNE_EVERY == 0:
                await self._try(self.prune)
            rounds += 1
            # Ten processes that were started together need not do it together.
            await asyncio.sleep(EVERY * random.uniform(0.8, 1.0))  # noqa: S311

    async def show_up(self) -> None:
        """Tell the others that this process lives, and learn how many there are: they share what Teams takes."""
        self._figures.processes = await self._store.show_up(self._me)

    async def count(self) -> None:
        """Look how many deliveries wait and how many gave up."""
        counts = await self._store.counts()
        self._figures.waiting, self._figures.failed = counts.waiting, counts.failed
        self._figures.oldest_seconds = counts.oldest.total_seconds()

    async def prune(self) -> None:
        """Delete what is over."""
        while await self._store.prune(self._kept):
            pass

    async def _try(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except StoreError as error:
            log.warning("upkeep was not possible", error=str(error))
        except Exception:
            log.exception("upkeep broke")
