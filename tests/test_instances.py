"""Several instances of the bot on one PostgreSQL: none is needed, each may die, and the database may be away."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from model import ConversationReference
from sandbox.activities import message
from sandbox.child import Child
from sandbox.faults import delay, hang
from sandbox.microsoft import Microsoft
from sandbox.teams import Teams, install_team, new_team
from store import NewDelivery, State, Store
from tests.conftest import SECRET_KEY
from tests.databases import ask, let_pass
from tests.handlers.talk import happens, setup_path, summaries
from tests.postgres import Postgres, running_postgres
from tests.test_process import ROOT, Process, environment, free_port, process

LEASE = 46.0
CLAIMED = "SELECT count(*) FROM lanes WHERE claim IS NOT NULL"


@pytest.fixture
def shared(values: dict[str, str], postgres_url: str) -> dict[str, str]:
    """The settings of instances on one PostgreSQL."""
    return {**values, "DATABASE_URL": postgres_url}


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that nobody else uses, so that it may be stopped."""
    with running_postgres() as server:
        yield server


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(postgres_url, cipher_keys=[SECRET_KEY])
    yield opened
    await opened.close()


def card(number: int, conversation: int | None = None) -> NewDelivery:
    """A card of that number, in a conversation of its own unless it says another."""
    place = f"19:{number if conversation is None else conversation:08}@thread.tacv2"
    to = ConversationReference("https://smba.trafficmanager.net/amer/tenant/", place, "tenant")
    return NewDelivery(f"key {number}", to, {"type": "message", "summary": f"card {number}", "text": "card"})


async def all_sent(store: Store, within: float = 15.0) -> None:
    async with asyncio.timeout(within):
        while (await store.deliveries.counts()).waiting:  # noqa: ASYNC110 - other processes are waited for
            await asyncio.sleep(0.05)


async def test_any_instance_goes_on_where_another_one_began(shared: dict[str, str], microsoft: Microsoft) -> None:
    team, browser = new_team("Everywhere"), aiohttp.ClientSession()
    async with process(shared, microsoft) as one, process(shared, microsoft) as other, browser:
        assert (await one.teams.post(install_team(team))).status == 201
        async with browser.get(f"{other.url}{setup_path(microsoft)}") as page:
            assert (page.status, "Everywhere" in await page.text()) == (200, True)
        asked = message(team, "setup", mention=True)
        assert [(await bot.teams.post(asked)).status for bot in (other, one)] == [201, 201]
        assert len(summaries(microsoft)) == 2
        async with browser.get(f"{one.url}{setup_path(microsoft)}") as page:
            assert page.status == 200


async def test_instances_that_start_at_once_on_an_empty_database_all_serve(
    values: dict[str, str], microsoft: Microsoft, fresh_postgres_url: str
) -> None:
    shared = {**values, "DATABASE_URL": fresh_postgres_url}
    children = [process(shared, microsoft) for _ in range(3)]
    started = await asyncio.gather(*(child.__aenter__() for child in children))
    try:
        answers = await asyncio.gather(*(bot.teams.post(install_team(new_team())) for bot in started))
        assert [answer.status for answer in answers] == [201] * 3
    finally:
        await asyncio.gather(*(child.__aexit__(None, None, None) for child in children))


async def test_a_database_that_is_away_for_a_moment_costs_no_restart(
    values: dict[str, str], microsoft: Microsoft, own_postgres: Postgres
) -> None:
    url = own_postgres.url(own_postgres.create_database())
    async with process({**values, "DATABASE_URL": url}, microsoft) as bot:
        assert (await bot.teams.post(install_team(new_team("Before")))).status == 201
        own_postgres.stop()
        away = await bot.teams.post(install_team(new_team("Meanwhile")))
        assert (away.status, away.headers["Retry-After"].isdecimal()) == (503, True)
        own_postgres.start()
        assert (await bot.teams.post(install_team(new_team("After")))).status == 201
        assert own_postgres.cut_connections(url.rpartition("/")[2]) > 0
        assert (await bot.teams.post(install_team(new_team("Cut")))).status == 201
    assert summaries(microsoft) == [f"Set up Sentry for {name}" for name in ("Before", "After", "Cut")]


async def test_a_card_that_was_posted_while_the_database_went_away_is_not_posted_again(
    values: dict[str, str], microsoft: Microsoft, own_postgres: Postgres
) -> None:
    url = own_postgres.url(own_postgres.create_database())
    store = await Store.open(url, cipher_keys=[SECRET_KEY])
    async with process({**values, "DATABASE_URL": url}, microsoft):
        microsoft.connector.faults.add(delay(1))
        for number in range(3):
            await store.deliveries.enqueue(card(number, 0))
        await happens(lambda: microsoft.connector.faults.played)
        own_postgres.stop()
        await happens(lambda: summaries(microsoft))
        own_postgres.start()
        await all_sent(store)
    await store.close()
    assert summaries(microsoft) == ["card 0", "card 1", "card 2"]


async def test_a_welcome_that_was_posted_while_the_database_went_away_is_noted(
    values: dict[str, str], microsoft: Microsoft, own_postgres: Postgres
) -> None:
    url = own_postgres.url(own_postgres.create_database())
    async with process({**values, "DATABASE_URL": url}, microsoft) as bot:
        microsoft.connector.faults.add(delay(1))
        turn = asyncio.create_task(bot.teams.post(install_team(new_team("Meanwhile"))))
        await happens(lambda: microsoft.connector.faults.played)
        own_postgres.stop()
        await happens(lambda: summaries(microsoft))
        await asyncio.sleep(1)
        own_postgres.start()
        assert (await turn).status == 201
    assert ask(url, "SELECT count(*) FROM installations WHERE welcomed_at IS NOT NULL") == [(1,)]


async def test_what_an_instance_claimed_is_handed_back_when_it_is_told_to_stop(
    shared: dict[str, str], microsoft: Microsoft, store: Store, postgres_url: str
) -> None:
    async with process(shared, microsoft) as bot:
        microsoft.connector.faults.add(delay(0.5), times=None)
        await asyncio.gather(*(store.deliveries.enqueue(card(number)) for number in range(60)))
        await happens(lambda: microsoft.connector.faults.played)
        assert await bot.end(signal.SIGTERM) == 0
    assert ask(postgres_url, CLAIMED) == [(0,)]
    on_the_wire = len(summaries(microsoft))
    assert 0 < on_the_wire < 60
    microsoft.connector.faults.clear()
    async with process(shared, microsoft):
        await all_sent(store)
    assert sorted(summaries(microsoft)) == sorted(f"card {number}" for number in range(60))


async def test_an_instance_that_stops_takes_no_requests_and_finishes_its_turns(
    shared: dict[str, str], microsoft: Microsoft
) -> None:
    async with process(shared, microsoft) as bot:
        microsoft.connector.faults.add(delay(2))
        turn = asyncio.create_task(bot.teams.post(install_team(new_team("Last"))))
        await happens(lambda: microsoft.connector.faults.played)
        ending = asyncio.create_task(bot.end(signal.SIGTERM))
        await refuses(bot)
        assert not turn.done()
        assert (await turn).status == 201
        assert await ending == 0
    assert summaries(microsoft) == ["Set up Sentry for Last"]


async def refuses(bot: Process, within: float = 1.5) -> None:
    """Return when nobody can connect any more."""
    async with asyncio.timeout(within):
        while True:
            try:
                async with aiohttp.ClientSession() as late, late.get(f"{bot.url}/healthz"):
                    await asyncio.sleep(0.05)
            except aiohttp.ClientConnectorError:
                return


async def test_another_instance_goes_on_with_the_work_of_a_dead_one(
    shared: dict[str, str], microsoft: Microsoft, store: Store, postgres_url: str
) -> None:
    async with process(shared, microsoft) as bot:
        microsoft.connector.faults.add(hang())
        for number in range(3):
            await store.deliveries.enqueue(card(number, 0))
        await happens(lambda: microsoft.connector.faults.played)
        assert await bot.end(signal.SIGKILL) == -signal.SIGKILL
    async with process(shared, microsoft):
        await asyncio.sleep(1)
        assert summaries(microsoft) == []
        let_pass(postgres_url, LEASE)
        await all_sent(store)
    assert summaries(microsoft) == ["card 0", "card 1", "card 2"]
    assert len(await store.deliveries.listing(State.DELIVERED)) == 3


async def test_what_waited_for_a_token_does_not_go_out_at_once(
    shared: dict[str, str], microsoft: Microsoft, store: Store
) -> None:
    await asyncio.gather(*(store.deliveries.enqueue(card(number)) for number in range(60)))
    microsoft.entra.faults.add(delay(4), path="/oauth2/v2.0/token")
    async with process(shared, microsoft):
        await all_sent(store)
    times = [posted.at for posted in microsoft.connector.activities]
    assert len(times) == 60
    assert max(sum(at - 1 < other <= at for other in times) for at in times) <= 30


@asynccontextmanager
async def gunicorn(values: dict[str, str], microsoft: Microsoft, workers: int) -> AsyncIterator[Process]:
    """Run the bot as gunicorn's workers."""
    port = free_port()
    binding = ("--bind", f"127.0.0.1:{port}", "--workers", str(workers))
    worker = ("--worker-class", "aiohttp.GunicornWebWorker", "--graceful-timeout", "30")
    command = [sys.executable, "-m", "gunicorn", "bot:create_app", *binding, *worker]
    child = Child(command, ROOT, "Booting worker", environment(values))
    await asyncio.to_thread(child.start)
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{port}"
            await answers(session, f"{url}/healthz")
            yield Process(child, url, Teams(microsoft, url, session))
    finally:
        await asyncio.to_thread(child.stop)


async def answers(session: aiohttp.ClientSession, url: str, within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while True:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


def worker_of(line: str) -> int:
    found = re.search(r"Booting worker with pid: (\d+)", line)
    return int(found[1]) if found else 0


async def test_gunicorns_workers_serve_and_may_die(shared: dict[str, str], microsoft: Microsoft) -> None:
    async with gunicorn(shared, microsoft, 2) as bots:
        teams = [new_team(f"Team {number}") for number in range(10)]
        answered = await asyncio.gather(*(bots.teams.post(install_team(team)) for team in teams))
        assert {answer.status for answer in answered} == {201}
        os.kill(worker_of(bots.child.ready_line), signal.SIGKILL)
        began = time.monotonic()
        while sum("Booting worker" in line for line in bots.child.output) < 3:
            assert time.monotonic() - began < 20
            await asyncio.sleep(0.05)
        assert await retried(bots, new_team("After")) == 201
        assert await bots.end(signal.SIGTERM) == 0
    assert sorted(summaries(microsoft)) == sorted(
        f"Set up Sentry for {team.name}" for team in (*teams, new_team("After"))
    )


async def retried(bots: Process, team: object) -> int:
    """Post an install as the channel does: again, when the connection broke with the worker."""
    for _ in range(5):
        try:
            return (await bots.teams.post(install_team(team))).status  # type: ignore[arg-type]
        except aiohttp.ClientError:
            await asyncio.sleep(0.2)
    return 0
