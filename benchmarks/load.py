"""Sends installs to a bot and pings it meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from benchmarks.requests import PING, Install, length_of

ANSWERS_WITHIN = 90.0
PING_EVERY = 0.02
OK = range(200, 300)


class Line:
    """A connection to the bot that is kept open: as little of an HTTP client as will do."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Self]:
        """Open it for the length of the block."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def send(self, request: bytes) -> int:
        """Send a request and return the status of the answer."""
        async with asyncio.timeout(ANSWERS_WITHIN):
            self._writer.write(request)
            head = await self._reader.readuntil(b"\r\n\r\n")
            await self._reader.readexactly(length_of(head))
            return int(head[9:12])


@dataclass(slots=True)
class Sent:
    """What was sent: the conversations, the statuses that came back, and from when to when (monotonic)."""

    conversations: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0


async def send_all(port: int, due: Sequence[Install], at_once: int, seconds: float) -> Sent:
    """Send the installs, `at_once` at a time; no new one after `seconds`."""
    sent = Sent()
    left = iter(due)
    await asyncio.gather(*(_send_some(port, left, sent, sent.began + seconds) for _ in range(at_once)))
    sent.ended = time.monotonic()
    return sent


async def _send_some(port: int, left: Iterator[Install], sent: Sent, until: float) -> None:
    async with Line.open(port) as line:
        while time.monotonic() < until and (install := next(left, None)):
            sent.conversations.append(install.conversation)
            sent.statuses[await line.send(install.request)] += 1


async def send_until_taken(port: int, install: Install, pause: float) -> None:
    """Send one install, again after `pause` seconds while the bot answers that it could not take it."""
    async with asyncio.timeout(ANSWERS_WITHIN), Line.open(port) as line:
        while True:
            if await line.send(install.request) in OK:
                return
            await asyncio.sleep(pause)


class Pings:
    """Requests for nothing, every 20 ms: each waits for as long as the bot's event loop is blocked."""

    def __init__(self) -> None:
        self._waits: list[float] = []
        self._waiting_since: float | None = None

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator[Self]:
        """Ping for the length of the block."""
        pings = cls()
        pinging = asyncio.create_task(pings._ping(port))
        try:
            yield pings
        finally:
            pinging.cancel()
            await asyncio.gather(pinging, return_exceptions=True)

    def take(self) -> list[float]:
        """Return the milliseconds that each ping waited since the last call, the shortest first; one may wait still."""
        self._count_waiting()
        waits, self._waits = self._waits, []
        return sorted(waits)

    def _count_waiting(self) -> None:
        now = time.monotonic()
        if self._waiting_since is not None:
            self._waits.append((now - self._waiting_since) * 1000)
            self._waiting_since = now

    async def _ping(self, port: int) -> None:
        async with Line.open(port) as line:
            while True:
                self._waiting_since = time.monotonic()
                await line.send(PING)
                self._count_waiting()
                self._waiting_since = None
                await asyncio.sleep(PING_EVERY)
