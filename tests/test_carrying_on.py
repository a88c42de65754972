"""Bots as processes: one dies or is told to stop in the middle of a delivery, another one goes on."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from sandbox.faults import close, delay, hang, respond
from sandbox.microsoft import Microsoft
from sandbox.teams import install_team, new_team
from tests.databases import ask, let_pass
from tests.handlers.talk import happens, summaries
from tests.test_process import process

LEASE = 46


@pytest.fixture
def values(values: dict[str, str], url: str) -> dict[str, str]:
    return {**values, "DATABASE_URL": url}


@pytest.fixture
async def start(values: dict[str, str], microsoft: Microsoft) -> AsyncIterator[Callable[[], Any]]:
    """Start a registered bot; each call starts another one on the same database."""
    async with AsyncExitStack() as running:
        yield lambda: running.enter_async_context(process(values, microsoft))


async def test_a_killed_bots_deliveries_are_carried_on(
    start: Callable[[], Any], microsoft: Microsoft, url: str
) -> None:
    first = await start()
    microsoft.connector.faults.add(close())
    microsoft.connector.faults.add(hang())
    await first.teams.post(install_team(new_team("Halfway")))
    await happens(lambda: microsoft.connector.faults.played == 2)
    assert await first.end(signal.SIGKILL) == -signal.SIGKILL
    await start()
    let_pass(url, LEASE)
    await microsoft.connector.arrived(1)
    assert summaries(microsoft) == ["Set up Sentry for Halfway"]
    await happens(lambda: ask(url, "SELECT state FROM deliveries") == [(1,)])


async def test_a_bot_that_is_told_to_stop_finishes_what_is_on_the_wire_and_hands_back_the_rest(
    start: Callable[[], Any], microsoft: Microsoft, url: str
) -> None:
    bot = await start()
    for fault in (close(), delay(1), respond(429, headers={"Retry-After": "60"})):
        microsoft.connector.faults.add(fault)
    await bot.teams.post(install_team(new_team("On the wire")))
    await happens(lambda: microsoft.connector.faults.played == 2)
    await bot.teams.post(install_team(new_team("Waits")))
    began = time.monotonic()
    assert await bot.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 5
    assert summaries(microsoft) == ["Set up Sentry for On the wire"]
    assert ask(url, "SELECT state FROM deliveries ORDER BY id") == [(1,), (0,)]
    assert ask(url, "SELECT count(*) FROM lanes WHERE claim IS NOT NULL") == [(0,)]
    let_pass(url, 60)
    await start()
    await asyncio.wait_for(microsoft.connector.arrived(2), 10)
    assert summaries(microsoft)[1:] == ["Set up Sentry for Waits"]
