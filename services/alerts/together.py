"""Alerts that are ready at the same time are stored in one transaction: each one's own would keep Sentry waiting."""

import asyncio

import metrics
from store import AlertStore, AlertWork, Placed


class Together:
    """Stores what becomes of webhooks; what comes while the database is busy goes along with the next transaction."""

    def __init__(self, store: AlertStore) -> None:
        self._store = store
        self._waiting: list[tuple[AlertWork, asyncio.Future[None]]] = []
        self._turn = asyncio.Lock()

    async def place(self, work: AlertWork) -> None:
        """Return once it is stored; raises StoreError."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        async with self._turn:
            if not done.done():
                await self._store_all()
        await done

    async def _store_all(self) -> None:
        taken, self._waiting = self._waiting, []
        try:
            _count(await self._store.place([work for work, _ in taken]))
        except Exception:  # noqa: BLE001 - one of them may have broken it: each for itself
            for work, done in taken:
                await self._store_one(work, done)
        for _, done in taken:
            if not done.done():
                done.set_result(None)

    async def _store_one(self, work: AlertWork, done: asyncio.Future[None]) -> None:
        try:
            _count(await self._store.place([work]))
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets to see it
            done.set_exception(error)


def _count(placed: Placed) -> None:
    metrics.cards("opened", placed.opened)
    metrics.cards("counted", placed.counted)
