"""Teams sends an activity again when it heard no answer in time: it must not do anything twice.

Messages (commands, and buttons of old clients) and invokes (buttons) are remembered, for a day, by one statement before
the turn: they issue links, post cards and disconnect. Nothing else is: that the bot was added or removed is decided by
the row of the installation, renaming twice is renaming once, and all other events do nothing here. So installing, which
comes in storms, pays nothing for it.

A turn that failed is forgotten, so that it can be sent again; one whose process died counts as failed after a minute.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from model import Place
from store import Store, StoreError

log = structlog.get_logger(__name__)


class Repeats:
    """Lets the turn of an activity run once, whichever processes it is sent to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._notes: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def once(self, place: Place, service_url: str, activity: str) -> AsyncIterator[bool]:
        """Note that `activity` came from `place`; yield True if its turn is to be run, False if it was, or is being."""
        first = await self._store.begin_turn(place, service_url, activity)
        try:
            yield first
        except BaseException:
            if first:
                self._note(activity, failed=True)
            raise
        if first:
            self._note(activity, failed=False)

    async def close(self) -> None:
        """Return when everything is noted."""
        await asyncio.gather(*self._notes)

    def _note(self, activity: str, *, failed: bool) -> None:
        # Nobody waits for it: the answer has been given.
        task = asyncio.create_task(self._tell(activity, failed=failed))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _tell(self, activity: str, *, failed: bool) -> None:
        try:
            await (self._store.turn_failed(activity) if failed else self._store.turn_done(activity))
        except StoreError as error:
            log.warning("the end of a turn was not noted", error=str(error))
