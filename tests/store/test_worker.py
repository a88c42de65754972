import asyncio
import threading
from collections import Counter

import pytest
from sqlalchemy import Connection, Engine, event, text

from store import Store, StoreRejected, StoreUnavailable
from store.limits import BATCH, QUEUE
from store.transaction import Transaction
from store.worker import ALONE
from tests.store.conftest import Query
from tests.store.places import KEYS, NOW, TEAM, arrival, team

RENAME = text("UPDATE installations SET name = :name WHERE place_id = :place")


def rename(transaction: Transaction, number: int, name: str) -> None:
    transaction.execute(RENAME, {"name": name, "place": team(number).place_id})


async def test_one_bad_write_hurts_no_other(store: Store, query: Query) -> None:
    places = [team(number) for number in range(20)]
    places[7] = places[7].__class__("tenant \ud83d", "19:bad", places[7].kind)
    outcomes = await asyncio.gather(
        *(store.arrive(arrival(place), f"nonce {place.place_id}", NOW) for place in places), return_exceptions=True
    )
    assert isinstance(outcomes.pop(7), StoreRejected)
    assert [outcome.place for outcome in outcomes] == places[:7] + places[8:]  # type: ignore[union-attr]
    assert query("SELECT count(*) FROM installations") == [(19,)]


async def test_an_operation_that_raises_is_undone_and_hurts_no_other(store: Store) -> None:
    await asyncio.gather(*(store.arrive(arrival(team(number)), f"nonce {number}", NOW) for number in range(3)))

    def broken(transaction: Transaction) -> None:
        rename(transaction, 1, "half done")
        raise ZeroDivisionError

    good = [store._writer.run(lambda transaction, n=n: rename(transaction, n, "done")) for n in (0, 2)]  # type: ignore[misc]
    outcomes = await asyncio.gather(good[0], store._writer.run(broken), good[1], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), ZeroDivisionError, type(None)]
    found = [await store.find(team(number)) for number in range(3)]
    assert [installation.name for installation in found if installation] == ["done", "Backend", "done"]


async def test_a_caller_that_is_cancelled_disturbs_nobody(store: Store) -> None:
    tasks = [asyncio.create_task(store.arrive(arrival(team(n)), f"nonce {n}", NOW)) for n in range(40)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes[::2])
    assert [outcome.place for outcome in outcomes[1::2]] == [team(n) for n in range(1, 40, 2)]  # type: ignore[union-attr]


async def test_a_call_that_was_cancelled_while_it_waited_is_not_carried_out(store: Store) -> None:
    release = threading.Event()
    blocked = [asyncio.create_task(store._writer.run(lambda _: release.wait(), ALONE)) for _ in range(2)]
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(store.arrive(arrival(), "nonce", NOW))
    await asyncio.sleep(0)
    waiting.cancel()
    release.set()
    await asyncio.gather(*blocked)
    assert await store.find(TEAM) is None


async def test_writes_that_wait_together_share_a_commit(store: Store) -> None:
    commits: list[Connection] = []

    def note(connection: Connection) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", note)
    try:
        await asyncio.gather(*(store.arrive(arrival(team(n)), f"nonce {n}", NOW) for n in range(320)))
    finally:
        event.remove(Engine, "commit", note)
    assert 320 / BATCH <= len(commits) <= 30


async def test_while_calls_come_faster_than_commits_a_transaction_waits_for_more(sqlite_url: str) -> None:
    store = await Store.open(sqlite_url, cipher_keys=KEYS)
    worker = store._writer
    worker._gather = 1.0
    await asyncio.gather(*(worker.run(lambda transaction: transaction) for _ in range(2)))
    first = asyncio.create_task(worker.run(lambda transaction: transaction))
    await asyncio.sleep(0.3)
    assert await worker.run(lambda transaction: transaction) is await first
    await store.close()


async def test_a_call_that_comes_by_itself_waits_for_no_other(store: Store) -> None:
    store._writer._gather = 60.0
    async with asyncio.timeout(30):
        places = [await store.arrive(arrival(team(number)), f"nonce {number}", NOW) for number in range(5)]
        alone = await asyncio.gather(*(store._writer.run(lambda transaction: transaction, ALONE) for _ in range(5)))
        last = await store.arrive(arrival(team(9)), "nonce", NOW)
    assert [place.place for place in (*places, last) if place] == [*map(team, range(5)), team(9)]
    assert len(set(map(id, alone))) == len(alone)


async def test_a_transaction_is_not_shared_by_more_than_a_batch(store: Store) -> None:
    transactions = await asyncio.gather(*(store._writer.run(lambda transaction: transaction) for _ in range(500)))
    assert max(Counter(map(id, transactions)).values()) == BATCH


async def test_calls_that_share_a_transaction_lock_rows_in_one_order(sqlite_url: str) -> None:
    store = await Store.open(sqlite_url, cipher_keys=KEYS)
    release = threading.Event()
    ran: list[str] = []
    blocked = asyncio.create_task(store._writer.run(lambda _: release.wait(), ALONE))
    await asyncio.sleep(0.1)
    orders = [f"{number:02}" for number in range(30)]
    calls = [asyncio.create_task(store._writer.run(lambda _, o=o: ran.append(o), o)) for o in orders[::-1]]  # type: ignore[misc]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(blocked, *calls)
    assert ran == orders
    await store.close()


async def test_what_must_be_alone_shares_with_nobody(store: Store) -> None:
    orders = [ALONE if number % 5 == 0 else "" for number in range(60)]
    transactions = await asyncio.gather(*(store._writer.run(lambda transaction: transaction, o) for o in orders))
    shared = Counter(map(id, transactions))
    assert {shared[id(transaction)] for transaction in transactions[::5]} == {1}


async def test_reading_goes_on_while_a_write_takes_its_time(store: Store) -> None:
    await store.arrive(arrival(), "nonce", NOW)
    release = threading.Event()
    writing = [asyncio.create_task(store._writer.run(lambda _: release.wait())) for _ in range(4)]
    try:
        async with asyncio.timeout(2):
            assert await store.find(TEAM)
            await store.ping()
    finally:
        release.set()
    await asyncio.gather(*writing)


async def test_more_than_can_wait_is_turned_away_at_once(store: Store) -> None:
    release = threading.Event()
    calls = [asyncio.create_task(store._writer.run(lambda _: release.wait(4))) for _ in range(QUEUE + 500)]
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable, match="too many"):
        await store.arrive(arrival(), "nonce", NOW)
    release.set()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(outcome is True for outcome in outcomes) >= QUEUE


async def test_closing_finishes_what_waits(url: str) -> None:
    store = await Store.open(url, cipher_keys=KEYS)
    calls = [asyncio.create_task(store.arrive(arrival(team(n)), f"nonce {n}", NOW)) for n in range(200)]
    await asyncio.sleep(0)
    await store.close()
    assert all(await asyncio.gather(*calls))
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.find(TEAM)


async def test_a_call_that_the_database_does_not_answer_ends(url: str) -> None:
    store = await Store.open(url, cipher_keys=KEYS, wait=0.5)
    release = threading.Event()
    blocked = [asyncio.create_task(store._writer.run(lambda _: release.wait(), ALONE)) for _ in range(2)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(2):
        with pytest.raises(StoreUnavailable, match="too long"):
            await store.arrive(arrival(), "nonce", NOW)
    release.set()
    await asyncio.gather(*blocked, return_exceptions=True)
    assert await store.arrive(arrival(), "another", NOW)
    await store.close()


def test_work_that_outlives_its_event_loop_ends_quietly(sqlite_url: str) -> None:
    release = threading.Event()

    async def leave_without_closing() -> Store:
        store = await Store.open(sqlite_url, cipher_keys=KEYS)
        call = asyncio.create_task(store._writer.run(lambda _: release.wait()))
        await asyncio.sleep(0.05)
        call.cancel()
        return store

    store = asyncio.run(leave_without_closing())
    release.set()
    asyncio.run(store.close())
    assert not any(thread.is_alive() for thread in store._writer._threads)
