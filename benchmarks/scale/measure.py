"""One number of processes on PostgreSQL: how many installs and cards they take, and what that costs."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bots import WrongResult
from benchmarks.chaos.instances import Instance
from benchmarks.chaos.places import card
from benchmarks.chaos.run import KEYS
from benchmarks.load import OK, send_all
from benchmarks.machine import family, usage
from benchmarks.remote import Cloud
from benchmarks.requests import Install, installs
from model import ConversationReference
from store import DeliveryStore, Store
from tests.postgres import Postgres

AT_ONCE = 32
SECONDS = 300.0
DUE_IN = 2.0
STORED_A_SECOND = 250
PATIENCE = 120.0
EACH_TENANT = 10


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is measured; `cards` in each of `rounds`."""

    installs: int
    cards: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Things a second, and the CPU milliseconds that each took of the bots and of PostgreSQL."""

    rate: float
    bot: float
    database: float


@dataclass(frozen=True, slots=True)
class Measured:
    """memory: of one process in MB, at the start, after the installs, and after each round of cards."""

    processes: int
    installs: Cost
    cards: list[Cost]
    memory: list[float]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured."""

    cloud: Cloud
    postgres: Postgres
    instances: Sequence[Instance]
    store: DeliveryStore

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds that the bots and PostgreSQL have used."""
        server = (usage(pid).cpu for pid in family(self.postgres.pid))
        return sum(each.usage().cpu for each in self.instances), sum(server)

    def memory(self) -> float:
        """Return the largest of the processes."""
        return max(each.usage().memory for each in self.instances)

    def cost(self, count: int, seconds: float, before: tuple[float, float]) -> Cost:
        """Return what `count` things took."""
        bot, database = (1000 * (now - then) / count for now, then in zip(self.cpu(), before, strict=True))
        return Cost(count / seconds, bot, database)


async def measure(processes: int, counts: Counts, cloud: Cloud, postgres: Postgres, folder: Path) -> Measured:
    """Measure with so many processes on an empty database."""
    url = postgres.url(postgres.create_database())
    async with AsyncExitStack() as opened:
        instances = [Instance(number, url, cloud.environment, folder) for number in range(1, processes + 1)]
        for instance in instances:
            await instance.start()
            opened.push_async_callback(instance.stop)
        store = await Store.open(url, cipher_keys=KEYS)
        opened.push_async_callback(store.close)
        bench = Bench(cloud, postgres, instances, store.deliveries)
        await _install(bench, AT_ONCE * processes)
        memory = [bench.memory()]
        taken = await _install(bench, counts.installs)
        memory.append(bench.memory())
        cards = []
        for round_ in range(counts.rounds):
            cards.append(await _cards(bench, counts.cards, round_))
            memory.append(bench.memory())
        return Measured(processes, taken, cards, memory)


async def _install(bench: Bench, count: int) -> Cost:
    due, each = await installs(count, bench.cloud), -(-count // len(bench.instances))
    before, began = bench.cpu(), time.monotonic()
    at_once = AT_ONCE // len(bench.instances)
    sent = await asyncio.gather(
        *(
            send_all(instance.port, due[number * each : (number + 1) * each], at_once, SECONDS)
            for number, instance in enumerate(bench.instances)
        )
    )
    _check(due, [status for part in sent for status in part.statuses])
    return bench.cost(count, max(part.ended for part in sent) - began, before)


def _check(due: Sequence[Install], statuses: Sequence[int]) -> None:
    if any(status not in OK for status in statuses):
        raise WrongResult(f"{len(due)} installs were answered with {statuses}")


async def _cards(bench: Bench, count: int, round_: int) -> Cost:
    """Store cards that are all due at the same moment, and wait until the last one was posted."""
    await bench.cloud.reset()
    due = time.monotonic() + DUE_IN + count / STORED_A_SECOND
    await _store_all(bench.store, count, round_, due)
    await asyncio.sleep(max(0.0, due - time.monotonic()))
    before = bench.cpu()
    async with asyncio.timeout(PATIENCE):
        while (await bench.store.counts()).waiting:  # noqa: ASYNC110 - other processes are waited for
            await asyncio.sleep(0.1)
    report = await bench.cloud.report()
    if sum(report["cards"].values()) != count:
        raise WrongResult(f"{sum(report['cards'].values())} of {count} cards were posted")
    return bench.cost(count, report["last_card"] - due, before)


async def _store_all(store: DeliveryStore, count: int, round_: int, due: float) -> None:
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            place, tenant = f"19:{round_}-{number}@thread.tacv2", f"tenant-{number // EACH_TENANT}"
            to = ConversationReference("https://smba.trafficmanager.net/amer/", place, tenant)
            await store.enqueue(card(to, number).after(max(0.0, due - time.monotonic())))

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
