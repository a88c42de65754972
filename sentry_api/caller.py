"""Calls Sentry politely: only where it may, within a time limit, again only where that is safe."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from sentry_api.breaker import Circuits
from sentry_api.errors import (
    SentryAnswer,
    SentryBusy,
    SentryError,
    SentryNotListed,
    SentryResting,
    SentrySlow,
    SentryUnreachable,
)
from sentry_api.refusals import refusal
from sentry_api.wire import Ask, Reply, Wire

TIME_LIMIT = 10.0
CONNECT_LIMIT = 5.0
_MOST_ATTEMPTS = 3
_FIRST_PAUSE = 0.2
_PASSING = frozenset({502, 503, 504})
_SERVER_ERROR = 500
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Clocks:
    """`steady` only grows and measures; `wall` is the time of day. Both in seconds."""

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class Caller:
    """Reaches the Sentry installations in `allowed` (base addresses without a slash at the end), and no other host.

    GET is tried again after a broken connection and 502-504; anything is after 429 (Sentry did nothing) and when no
    connection came about. A change whose outcome is unknown is never repeated: its error says `may_have_happened`.
    """

    def __init__(self, wire: Wire, allowed: Sequence[str], time_limit: float, clocks: Clocks) -> None:
        self.allowed = tuple(allowed)
        self.clocks = clocks
        self._wire = wire
        self._time_limit = time_limit
        self._circuits = Circuits(clocks.steady)

    async def call(self, base_url: str, ask: Ask, circuit: str = "") -> Reply:
        """Return the answer, always a success; raises a SentryError. `circuit`: whose failures count together."""
        if base_url not in self.allowed:
            raise SentryNotListed(base_url)
        key = (base_url, circuit)
        self._circuits.start(key)
        try:
            reply = await self._persist(base_url, ask)
        except SentryError as error:
            (self._circuits.failed if _is_failure(error) else self._circuits.succeeded)(key)
            raise
        except BaseException:
            self._circuits.abandoned(key)
            raise
        self._circuits.succeeded(key)
        return reply

    async def _persist(self, base_url: str, ask: Ask) -> Reply:
        deadline = self.clocks.steady() + self._time_limit
        for attempt in count(1):
            try:
                return await self._once(base_url, ask, deadline - self.clocks.steady())
            except SentryError as error:
                pause = _pause(error, attempt)
                if pause is None or self.clocks.steady() + pause >= deadline:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError  # pragma: no cover - count() does not end

    async def _once(self, base_url: str, ask: Ask, time_limit: float) -> Reply:
        reply = await self._wire.exchange(base_url, ask, time_limit)
        if reply.status in _SUCCESS:
            return reply
        error = refusal(reply.status, reply.headers, reply.data, self.clocks.wall())
        error.may_have_happened = ask.changes and reply.status >= _SERVER_ERROR
        raise error


def _pause(error: SentryError, attempt: int) -> float | None:
    """Return the seconds after which to try again, or None: not again."""
    if attempt >= _MOST_ATTEMPTS or error.may_have_happened:
        return None
    if isinstance(error, SentryBusy):
        return error.retry_after
    passing = isinstance(error, SentryAnswer) and error.status in _PASSING
    if passing or isinstance(error, SentryUnreachable):
        return _FIRST_PAUSE * attempt * random.uniform(0.5, 1.0)  # noqa: S311 - spreads, hides nothing
    return None


def _is_failure(error: SentryError) -> bool:
    if isinstance(error, SentryAnswer):
        return error.status >= _SERVER_ERROR
    return isinstance(error, SentryUnreachable | SentrySlow) and not isinstance(error, SentryResting)
