"""One run: everything is started, everything comes at once, and in the end it is looked at."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bots import WrongResult
from benchmarks.chaos import disturbances, load
from benchmarks.chaos.instances import Instance
from benchmarks.chaos.judge import Post, Verdict, judge, missing, posts_of
from benchmarks.chaos.places import Places, make_places
from benchmarks.chaos.plan import Plan
from benchmarks.remote import Cloud, open_cloud
from store import State, Store
from tests.postgres import DURABLE, Postgres, running_postgres

PATIENCE = 180.0
LOOK_EVERY = 1.0
KEYS = ("a-key-for-the-benchmark-that-is-long-enough",)


@dataclass(frozen=True, slots=True)
class World:
    """All that runs; `postgres` is None when the bot keeps its data in SQLite."""

    plan: Plan
    places: Places
    instances: Sequence[Instance]
    store: Store
    cloud: Cloud
    postgres: Postgres | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `unfinished`: deliveries that still wait, failed or were dropped, by state."""

    plan: Plan
    verdict: Verdict
    posts: Sequence[Post]
    came: load.Came
    answers: Mapping[str, int]
    report: Mapping[str, Any]
    deaths: Mapping[str, float]
    unfinished: Mapping[str, int]
    database_restarts: int
    seconds: float

    @property
    def good(self) -> bool:
        """True when nothing is lost, out of order, over a limit, or there twice for no reason."""
        return not (self.verdict.bad or sum(self.report["over"].values()) or sum(self.unfinished.values()))


async def run_once(plan: Plan, folder: Path) -> Outcome:
    """Do it all; raises WrongResult when an instance does not come up."""
    began = time.monotonic()
    async with AsyncExitStack() as opened:
        world = await _open(plan, folder, opened)
        answers, came, restarts = await _disturbed(world)
        lives = (life for instance in world.instances for life in instance.lives)
        deaths = {life.name: life.ended for life in lives if life.ended is not None}
        await _all_arrived(world)
        unfinished = {state.name.lower(): await _count(world, state) for state in State if state != State.DELIVERED}
        report = await world.cloud.report()
        posts = posts_of(report)
        verdict = judge(plan, world.places, posts, deaths)
        took = time.monotonic() - began
        return Outcome(plan, verdict, posts, came, answers, report, deaths, unfinished, restarts, took)


async def _open(plan: Plan, folder: Path, opened: AsyncExitStack) -> World:
    cloud = await opened.enter_async_context(open_cloud(folder, "benchmarks.chaos.harsh"))
    postgres = None if plan.sqlite else opened.enter_context(running_postgres(DURABLE))
    url = postgres.url(postgres.create_database()) if postgres else f"sqlite:///{folder}/bot.db"
    numbers = range(1, plan.instances + 1)
    instances = [Instance(number, url, cloud.environment, folder) for number in numbers]
    await opened.enter_async_context(_running(instances))
    store = await Store.open(url, cipher_keys=KEYS)
    opened.push_async_callback(store.close)
    return World(plan, await make_places(plan, cloud), instances, store, cloud, postgres)


async def _disturbed(world: World) -> tuple[Counter[str], load.Came, int]:
    plan, places = world.plan, world.places
    answers, came, restarts, *_ = await asyncio.gather(
        load.send_installs(plan, places, world.instances),
        load.store_cards(plan, places, world.store.deliveries),
        disturbances.restart_database(plan, world.postgres),
        disturbances.kill(plan, world.instances),
        disturbances.take_token_endpoint_away(plan, world.cloud),
    )
    return answers, came, restarts


async def _all_arrived(world: World) -> None:
    """Return when nothing waits any more, or when that takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        # The connector is asked once the database says so: its answer is long.
        if not await _count(world, State.WAITING):
            posts = posts_of(await world.cloud.report())
            if missing(world.plan, world.places, posts) == (0, 0):
                return
        await asyncio.sleep(LOOK_EVERY)


async def _count(world: World, state: State) -> int:
    return len(await world.store.deliveries.listing(state, 1000))


@asynccontextmanager
async def _running(instances: Sequence[Instance]) -> AsyncIterator[None]:
    try:
        await asyncio.gather(*(instance.start() for instance in instances))
        yield
    except WrongResult:
        _tell_the_end(instances)
        raise
    finally:
        await asyncio.gather(*(instance.stop() for instance in instances), return_exceptions=True)


def _tell_the_end(instances: Sequence[Instance]) -> None:
    for instance in instances:
        os.write(2, f"instance {instance.number}:\n{instance.log()}\n".encode())
