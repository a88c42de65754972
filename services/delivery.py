"""The one way out of a turn: what is to be posted is stored first, and goes out when it is its turn.

Any number of processes carry what is stored; which one does is decided in the database (docs/delivery.md).
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

import structlog

import tracing
from adapter.errors import ConnectorError
from services.carrier import Carrier, Figures, Poster, post, turn_came
from services.inline import InlineShare
from services.outage import Outage
from store import Claimed, DeliveryStore, Method, NewDelivery, StoreError

log = structlog.get_logger(__name__)

ROOM = 100
"""Posts that one process has on the wire at once."""

FULL_PAUSE = 1.0
INLINE_WITHIN = 10.0


class Delivery:
    """Takes deliveries and carries them; `figures` tell what came of it."""

    def __init__(
        self, store: DeliveryStore, poster: Poster, clock: Callable[[], datetime], *, room: int = ROOM
    ) -> None:
        self.figures = Figures()
        self._store = store
        self._poster = poster
        self._carrier = Carrier(store, poster, clock, self.figures)
        self._room = room
        self._inline = InlineShare(time.monotonic)
        self._telling: dict[asyncio.Future[None], str] = {}
        self._outage = Outage(store.ping)
        self._wake = asyncio.Event()
        self._stopping = False
        self._stopped_at = 0.0
        self._ended = asyncio.Event()
        self._ended.set()
        self._busy: set[asyncio.Task[None]] = set()

    async def deliver(self, new: NewDelivery) -> int:
        """Store a delivery and return its id, that of the earlier one if its key is known. It is posted later.

        Raises StoreUnavailable; then nothing was promised.
        """
        delivery_id = await self._store.enqueue(new)
        self._wake.set()
        return delivery_id

    def look(self) -> None:
        """Look at once for what is due: somebody has stored a delivery together with something else."""
        self._wake.set()

    async def post(self, new: NewDelivery) -> str | None:
        """Post at once and return the activity's id; None when it is delivered instead.

        That is so when posting failed for a passing reason, or Teams throttles and this process has used its share.

        Raises ConnectorError when it would fail again, StoreUnavailable when it could be neither posted nor stored.
        """
        if not self._inline.take(new.to, self.figures.processes):
            await self.deliver(new)
            return None
        return await self._post(new)

    async def _post(self, new: NewDelivery) -> str | None:
        try:
            return await post(self._poster, new, within=INLINE_WITHIN, repeat=True)
        except ConnectorError as error:
            if not error.retryable:
                raise
            if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._inline.throttled(new.to)
            delivery_id = await self.deliver(new.after(error.retry_after or 0.0))
            self.figures.maybe_doubled += error.maybe_delivered and new.method is not Method.UPDATE
            log.warning("posted later", purpose=new.purpose, delivery=delivery_id, why=str(error))
            return None

    async def post_stored(self, new: NewDelivery) -> str | None:
        """Do as `post` does with what was stored already, to come later in case this process ends before it is posted.

        Raises what `post` raises.
        """
        if not self._inline.take(new.to, self.figures.processes):
            await self._others_told(new.to.conversation_id)
            await self.deliver(new)
            return None
        told = asyncio.get_running_loop().create_future()
        self._telling[told] = new.to.conversation_id
        try:
            return await self._post_stored(new)
        finally:
            del self._telling[told]
            told.set_result(None)

    async def _others_told(self, conversation_id: str) -> None:
        """What is stored earlier in the conversation would hold up the next, if that is being posted now."""
        telling = [told for told, where in self._telling.items() if where == conversation_id]
        if telling:
            await asyncio.wait(telling)

    async def _post_stored(self, new: NewDelivery) -> str | None:
        activity_id = await self._post(new)
        if activity_id is not None:
            try:
                await self._store.drop(new.key, "posted at once")
            except StoreError as error:
                self.figures.maybe_doubled += 1
                log.warning("posted, and may be posted again", purpose=new.purpose, error=str(error))
        return activity_id

    async def take_up(self, new: NewDelivery, older_than: datetime, now: datetime) -> bool:
        """Deliver a welcome that was due before `older_than` and that no process is at; False if there is no such."""
        delivery_id = await self._store.take_up(new, older_than, now)
        self._wake.set()
        return delivery_id is not None

    async def run(self) -> None:
        """Carry what is due until `stop` is called."""
        self._ended.clear()
        try:
            while not self._stopping:
                self._wake.clear()
                await self._rest(await self._claim())
        finally:
            self._ended.set()

    def stop_claiming(self) -> None:
        """Start nothing new; what waits for its turn is handed back."""
        if not self._stopping:
            self._stopping, self._stopped_at = True, time.monotonic()
        self._wake.set()

    async def stop(self, grace: float) -> None:
        """Stop claiming, hand back what is not on the wire, and let the rest finish.

        grace: the seconds that this may take, counted from when claiming was stopped.
        """
        self.stop_claiming()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._stopped_at + grace - time.monotonic()):
                await self._ended.wait()
                while self._busy:
                    await asyncio.wait(self._busy)
        left = list(self._busy)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _claim(self) -> float:
        """Claim what is due and start to carry it; returns the seconds after which there may be more."""
        room = self._room - len(self._busy)
        if room <= 0 or self.figures.unnoted or await self._outage.goes_on():
            return FULL_PAUSE
        try:
            claims = await self._store.claim(room)
        except StoreError as error:
            log.warning("deliveries could not be claimed", error=str(error))
            self._outage.begin()
            return FULL_PAUSE
        for claimed in claims.deliveries:
            self._start(claimed)
        return claims.pause

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()

    def _start(self, claimed: Claimed) -> None:
        task = asyncio.create_task(self._carry(claimed))
        self._busy.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        full = len(self._busy) >= self._room
        self._busy.discard(task)
        if full:
            self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("a delivery's task broke", exc_info=task.exception())

    async def _carry(self, claimed: Claimed) -> None:
        structlog.contextvars.bind_contextvars(trace_id=tracing.begin(None))
        # What waited for a token misses its turn and gets another one: it must not go out all at once.
        await self._poster.ready()
        in_time = await turn_came(claimed)
        if not in_time or self._stopping or self.figures.unnoted:
            await self._carrier.hand_back(claimed, missed=not in_time)
            self._wake.set()
            return
        pause = await self._carrier.carry(claimed)
        if pause is not None:
            asyncio.get_running_loop().call_later(pause, self._wake.set)
