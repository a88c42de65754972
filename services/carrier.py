"""One claimed delivery on its way: wait for its turn, post it, note what became of it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import structlog

from adapter.errors import ConnectorError
from model import ConversationReference
from services.pacing import Pace
from services.retries import Again, GiveUp, decide
from store import Claimed, DeliveryStore, Method, NewDelivery, Note, State, StoreUnavailable

T = TypeVar("T")
log = structlog.get_logger(__name__)

SEND_WITHIN = 15.0
"""Seconds for one post; with the waits around it far less than the lease of a conversation lasts."""

LATE = 0.15
"""Seconds after which a time in the tenant's calendar is missed; the store hands it out with the same margin."""

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0


class Poster(Protocol):
    """The part of the connector that posts; every method gives up in time, with a ConnectorError."""

    async def ready(self) -> None:
        """Return as soon as a post would leave without delay, or when it is clear that it cannot; raises nothing."""

    async def send(
        self, to: ConversationReference, activity: Mapping[str, Any], *, within: float = ..., repeat: bool = ...
    ) -> str:
        """Post an activity and return its id."""

    async def reply(
        self,
        to: ConversationReference,
        activity_id: str,
        activity: Mapping[str, Any],
        *,
        within: float = ...,
        repeat: bool = ...,
    ) -> str:
        """Post an activity as an answer to another one and return its id."""

    async def update(
        self,
        to: ConversationReference,
        activity_id: str,
        activity: Mapping[str, Any],
        *,
        within: float = ...,
        repeat: bool = ...,
    ) -> None:
        """Put another activity in the place of an earlier one."""


@dataclass(slots=True)
class Figures:
    """What this process did since it started, and how the deliveries stood when last looked (`waiting`, `failed`).

    taken_over: posts whose earlier holder died with them, perhaps after the connector had accepted them. maybe_doubled:
    posts whose answer was lost, and that were made again. unnoted: posts whose outcome waits for the database.
    processes: how many share the database, this one included.
    """

    sent: int = 0
    retried: int = 0
    gave_up: int = 0
    taken_over: int = 0
    maybe_doubled: int = 0
    unnoted: int = 0
    processes: int = 1
    waiting: int = 0
    failed: int = 0
    oldest_seconds: float = 0.0


class Carrier:
    """Carries what was claimed; `figures` are added to."""

    def __init__(self, store: DeliveryStore, poster: Poster, clock: Callable[[], datetime], figures: Figures) -> None:
        self._store = store
        self._poster = poster
        self._clock = clock
        self._figures = figures

    async def carry(self, claimed: Claimed) -> float | None:
        """Post a delivery and note the outcome; raises nothing but CancelledError.

        Returns the seconds after which its conversation may go on, None when nothing waits there.
        """
        if claimed.stopped is not None:
            why = "the bot was removed" if claimed.stopped is State.DROPPED else "the place cannot be reached"
            return await self._end(claimed, claimed.stopped, why, _unsent(claimed))
        if claimed.time() >= claimed.deadline:
            why = f"no more time: {claimed.outcome or 'its turn never came'}"
            return await self._end(claimed, State.FAILED, why, _unsent(claimed))
        return await self._post(claimed)

    async def hand_back(self, claimed: Claimed, *, missed: bool) -> None:
        """Leave a delivery to whoever claims it next. missed: its time in the tenant's calendar went by."""
        leave = self._store.missed if missed else self._store.release
        await self._persist(claimed, lambda: leave(claimed))

    async def _post(self, claimed: Claimed) -> float | None:
        if claimed.taken_over:
            self._figures.taken_over += 1
            log.warning("delivery taken over", delivery=claimed.id, attempts=claimed.attempts)
        try:
            activity_id = await post(self._poster, claimed, within=SEND_WITHIN, repeat=False)
        except ConnectorError as error:
            return await self._failed(claimed, error)
        except Exception as error:
            # Whatever it is, it must not block the conversation for a day.
            log.exception("delivery broke", delivery=claimed.id)
            return await self._end(claimed, State.FAILED, f"{type(error).__name__} in this program", _left(claimed))
        return await self._delivered(claimed, activity_id)

    async def _delivered(self, claimed: Claimed, activity_id: str) -> float | None:
        left = _left(claimed)
        self._figures.sent += 1
        more = await self._note(claimed, lambda: self._store.delivered(claimed, activity_id, left, self._clock()))
        log.info("delivered", delivery=claimed.id, purpose=claimed.purpose, attempts=claimed.attempts + 1)
        return _pause(claimed, left, more=more)

    async def _failed(self, claimed: Claimed, error: ConnectorError) -> float | None:
        left = _left(claimed)
        jitter = random.random()  # noqa: S311 - spreads retries
        following = decide(error, claimed.attempts + 1, claimed.time(), claimed.deadline, jitter)
        if isinstance(following, Again):
            return await self._postpone(claimed, error, Note(max(following.at, left.at), left.short_tat, left.long_tat))
        if isinstance(following, GiveUp):
            return await self._end(claimed, State.FAILED, following.why, left)
        self._figures.gave_up += 1
        log.warning("conversation given up", delivery=claimed.id, why=following.why)
        gone = self._store.gave_up_conversation
        return _pause(
            claimed,
            left,
            more=await self._note(claimed, lambda: gone(claimed, following.why, left, self._clock())),
        )

    async def _postpone(self, claimed: Claimed, error: ConnectorError, left: Note) -> float | None:
        self._figures.retried += 1
        # To replace an activity twice is to replace it once.
        maybe_doubled = error.maybe_delivered and claimed.method is not Method.UPDATE
        self._figures.maybe_doubled += maybe_doubled
        log.info("delivery postponed", delivery=claimed.id, why=str(error), maybe_doubled=maybe_doubled)
        more = await self._note(claimed, lambda: self._store.postponed(claimed, str(error), left))
        return _pause(claimed, left, more=more)

    async def _end(self, claimed: Claimed, state: State, why: str, left: Note) -> float | None:
        if state is State.FAILED:
            self._figures.gave_up += 1
            log.warning("delivery gave up", delivery=claimed.id, purpose=claimed.purpose, why=why)
        more = await self._note(claimed, lambda: self._store.gave_up(claimed, why, left, state))
        return _pause(claimed, left, more=more)

    async def _note(self, claimed: Claimed, note: Callable[[], Awaitable[bool]]) -> bool:
        """Note an outcome; while that cannot be done, `figures.unnoted` keeps new posts from starting."""
        try:
            return await note()
        except StoreUnavailable as error:
            log.warning("outcome not noted yet", delivery=claimed.id, error=str(error))
        self._figures.unnoted += 1
        try:
            await asyncio.sleep(FIRST_PAUSE)
            return await self._persist(claimed, note)
        finally:
            self._figures.unnoted -= 1

    async def _persist(self, claimed: Claimed, call: Callable[[], Awaitable[T]]) -> T:
        """Tell the store, again and again while the database is away: what is not noted would be sent again."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await call()
            except StoreUnavailable as error:
                log.info("the store was not told yet", delivery=claimed.id, error=str(error))
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)


async def post(poster: Poster, what: NewDelivery | Claimed, *, within: float, repeat: bool) -> str:
    """Make the one call; returns the activity's id; raises ConnectorError."""
    if what.method is Method.SEND:
        return await poster.send(what.to, what.activity, within=within, repeat=repeat)
    activity_id = what.activity_id or ""
    if what.method is Method.REPLY:
        return await poster.reply(what.to, activity_id, what.activity, within=within, repeat=repeat)
    await poster.update(what.to, activity_id, what.activity, within=within, repeat=repeat)
    return activity_id


async def turn_came(claimed: Claimed) -> bool:
    """Wait for a delivery's time in its tenant's calendar; False if it was missed."""
    at = claimed.read + claimed.wait / 1000
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    return time.monotonic() <= at + LATE


def _left(claimed: Claimed) -> Note:
    """Return what an attempt that ends now leaves; failed ones count as well, for Teams may have counted them."""
    now = claimed.time()
    return _note_of(Pace(claimed.short_tat, claimed.long_tat).sent(now), now)


def _unsent(claimed: Claimed) -> Note:
    return _note_of(Pace(claimed.short_tat, claimed.long_tat), claimed.time())


def _note_of(pace: Pace, now: int) -> Note:
    return Note(pace.earliest(now), pace.short_tat, pace.long_tat)


def _pause(claimed: Claimed, left: Note, *, more: bool) -> float | None:
    return max(0, left.at - claimed.time()) / 1000 if more else None
