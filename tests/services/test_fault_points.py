"""Kill -9 at every await, every statement and every commit: the next start gets it right."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.faults import respond
from sandbox.microsoft import Microsoft
from tests.databases import ask, let_pass
from tests.services.carriers import Carriers, Instance, all_done

ROOT = Path(__file__).parents[2]
LEASE = 46
ASIDE = 36_000
LONG_AGO = "'2026-01-01 00:00:00.000000+00:00'"
IN_A_WHILE = "'2096-01-01 00:00:00.000000+00:00'"


@dataclass(frozen=True, slots=True)
class Death:
    """What was left when the process of that number had died."""

    number: int
    point: str
    stored: bool
    accepted: int
    noted: bool

    @property
    def doubled(self) -> bool:
        """The connector had accepted it, and nobody had noted that: it must be posted once more."""
        return bool(self.accepted) and not self.noted


def left_by(microsoft: Microsoft, url: str, number: int, point: str, path: str) -> Death:
    question = (
        f"SELECT CASE WHEN state = 1 THEN 1 ELSE 0 END FROM deliveries WHERE key = 'key {number}'"  # noqa: S608
        if path == "deliver"
        else "SELECT CASE WHEN welcomed_at IS NULL THEN 0 ELSE 1 END FROM installations "  # noqa: S608
        f"WHERE place_id = '19:{number:08}@thread.tacv2'"
    )
    rows = ask(url, question)
    return Death(number, point, bool(rows), posts(microsoft)[number], rows == [(1,)])


def posts(microsoft: Microsoft) -> Counter[int]:
    """How often something was posted in the conversation of each number."""
    return Counter(int(one.conversation_id[3:11]) for one in microsoft.connector.activities)


@asynccontextmanager
async def travelling(url: str, token: str, path: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.dying", url, path),
        cwd=ROOT,
        env={**os.environ, "TOKEN": token},
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def deaths(microsoft: Microsoft, carriers: Carriers, path: str) -> list[Death]:
    """Kill at one point after the other, until there is none left."""
    found: list[Death] = []
    async with travelling(carriers.url, carriers.token, path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while True:
            number = len(found) + 1
            if path == "install_and_deliver":
                microsoft.connector.faults.add(respond(502), path=f"{number:08}@")
            process.stdin.write(b"\n" if found else b"")
            line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().split(maxsplit=1)
            await asyncio.sleep(0.05)  # what was on the wire arrives
            found.append(left_by(microsoft, carriers.url, number, line[1].strip(), path))
            set_aside(carriers.url)
            if line[0] == "0":
                process.stdin.write(b"\n")
                return found


def set_aside(url: str) -> None:
    """Keep what a process left from the next one, which has a conversation of its own to die in."""
    soon = round((time.time() + ASIDE / 2) * 1000)
    ask(url, f"UPDATE lanes SET due_at = due_at + {ASIDE * 1000} WHERE due_at < {soon}")  # noqa: S608
    ask(url, f"UPDATE installations SET welcome_claimed_at = {IN_A_WHILE} WHERE welcomed_at IS NULL")  # noqa: S608


async def next_start(carriers: Carriers, found: list[Death], path: str) -> None:
    """A minute later; whoever got no answer asks again."""
    let_pass(carriers.url, ASIDE + LEASE)
    ask(
        carriers.url,
        f"UPDATE installations SET welcome_claimed_at = {LONG_AGO} WHERE welcome_claimed_at IS NOT NULL",  # noqa: S608
    )
    one = await carriers.instance()
    for death in found:
        if not death.stored:
            await ask_again(carriers, one, death.number, path)
    await one.installations.take_up_welcomes()
    await all_done(one, 30)


async def ask_again(carriers: Carriers, one: Instance, number: int, path: str) -> None:
    if path == "deliver":
        await one.delivery.deliver(carriers.named_card(number))
    else:
        await one.installations.arrive(carriers.arrival(number))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite", "install"),
        ("sqlite", "deliver"),
        ("sqlite", "take_up"),
        ("sqlite", "install_and_deliver"),
        ("postgresql", "install_and_deliver"),
    ],
    indirect=["url"],
)
async def test_whatever_point_a_process_dies_at_the_card_arrives(
    microsoft: Microsoft, carriers: Carriers, path: str
) -> None:
    await carriers.instance(start=False)
    found = await deaths(microsoft, carriers, path)
    assert found[-1].point == "the end"
    assert len(found) > 15
    await next_start(carriers, found, path)
    counts = posts(microsoft)
    wrong = [death for death in found if counts[death.number] != 1 + death.doubled]
    assert not wrong, "posted: " + ", ".join(f"{counts[death.number]} times: {death}" for death in wrong)
    assert ask(carriers.url, "SELECT count(*) FROM deliveries WHERE state <> 1") == [(0,)]
