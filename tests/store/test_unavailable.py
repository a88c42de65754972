import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from store import Store, StoreError, StoreUnavailable
from store.transaction import Transaction
from tests.postgres import Postgres
from tests.store.places import ACME, KEYS, NOW, TEAM, arrival, later, team

DIE = text("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
async def on_sqlite(sqlite_url: str) -> AsyncIterator[Store]:
    store = await Store.open(sqlite_url, cipher_keys=KEYS, wait=1.5)
    yield store
    await store.close()


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Store]:
    store = await Store.open(postgres_url, cipher_keys=KEYS, wait=1.5)
    yield store
    await store.close()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def test_a_locked_file_can_be_read_and_is_written_once_it_is_free(on_sqlite: Store, sqlite_url: str) -> None:
    await on_sqlite.arrive(arrival(), "nonce", NOW)
    other = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await on_sqlite.rename(TEAM, "Renamed")
    assert await on_sqlite.find(TEAM)
    other.execute("ROLLBACK")
    other.close()
    await on_sqlite.rename(TEAM, "Renamed")


async def test_writes_that_wait_for_a_locked_file_are_given_up_together(on_sqlite: Store, sqlite_url: str) -> None:
    other = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(2.5):
        outcomes = await asyncio.gather(
            *(on_sqlite.arrive(arrival(team(n)), f"nonce {n}", NOW) for n in range(20)), return_exceptions=True
        )
    other.close()
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    assert await on_sqlite.arrive(arrival(), "nonce", NOW)


async def test_a_deleted_file_takes_no_writes_that_would_be_lost(on_sqlite: Store, sqlite_url: str) -> None:
    await on_sqlite.arrive(arrival(), "nonce", NOW)
    file = file_of(sqlite_url)
    file.rename(file.with_suffix(".away"))
    with pytest.raises(StoreUnavailable, match="no longer the file"):
        await on_sqlite.arrive(arrival(team(1)), "nonce", NOW)
    with pytest.raises(StoreUnavailable, match="no longer the file"):
        await on_sqlite.ping()
    assert not file.exists()
    file.with_suffix(".away").rename(file)
    assert await on_sqlite.arrive(arrival(team(1)), "nonce", NOW)


async def test_a_full_disk_is_reported_and_survived(on_sqlite: Store) -> None:
    await on_sqlite._writer.run(lambda transaction: transaction.execute(text("PRAGMA max_page_count = 20"), {}).close())
    with pytest.raises(StoreUnavailable, match="full"):
        await on_sqlite.arrive(arrival(name="x" * 200_000), "nonce", NOW)
    await on_sqlite.ping()
    assert await on_sqlite.arrive(arrival(team(999)), "nonce", NOW)


async def test_connections_that_the_server_cut_are_made_again(
    on_postgres: Store, postgres: Postgres, postgres_url: str
) -> None:
    database = postgres_url.rpartition("/")[2]
    await on_postgres.arrive(arrival(), "nonce", NOW)
    await on_postgres.ping()
    assert postgres.cut_connections(database) == 2
    assert await on_postgres.find(TEAM)
    assert await on_postgres.arrive(arrival(team(1)), "nonce", NOW)


async def test_a_transaction_that_lost_its_connection_runs_once_more(on_postgres: Store) -> None:
    attempts = []

    def dies_once(transaction: Transaction) -> str:
        attempts.append(transaction)
        if len(attempts) == 1:
            transaction.execute(DIE, {})
        return "done"

    assert await on_postgres._writer.run(dies_once) == "done"
    assert len(attempts) == 2


async def test_a_transaction_that_keeps_losing_its_connection_is_given_up(on_postgres: Store) -> None:
    with pytest.raises(StoreUnavailable):
        await on_postgres._writer.run(lambda transaction: transaction.execute(DIE, {}))
    await on_postgres.ping()


async def test_a_server_that_is_away_is_reported_and_found_again(on_postgres: Store, postgres: Postgres) -> None:
    installation = await on_postgres.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    postgres.stop()
    try:
        with pytest.raises(StoreUnavailable):
            await on_postgres.arrive(arrival(team(1)), "nonce", NOW)
        with pytest.raises(StoreUnavailable):
            await on_postgres.ping()
    finally:
        postgres.start()
    assert await on_postgres.find(TEAM) == installation
    assert await on_postgres.connect(installation.id, "nonce", ACME, "29:the-user", later(1))


async def test_a_row_that_somebody_keeps_locked_is_given_up_and_found_again(
    on_postgres: Store, postgres_url: str
) -> None:
    await on_postgres.arrive(arrival(), "nonce", NOW)
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT * FROM installations FOR UPDATE")
        with pytest.raises(StoreUnavailable):
            await on_postgres.rename(TEAM, "Renamed")
        assert await on_postgres.find(TEAM)
    await on_postgres.rename(TEAM, "Renamed")
    found = await on_postgres.find(TEAM)
    assert found is not None
    assert found.name == "Renamed"


async def test_what_the_url_asks_of_postgresql_has_the_last_word(postgres_url: str) -> None:
    asked = "?application_name=mine&options=-c%20statement_timeout%3D100"
    store = await Store.open(postgres_url.replace("postgresql:", "postgres:") + asked, cipher_keys=KEYS)
    try:
        name = text("SELECT current_setting('application_name')")
        assert await store._reader.run(lambda transaction: transaction.execute(name, {}).scalar()) == "mine"
        with pytest.raises(StoreUnavailable, match="statement timeout"):
            await store._reader.run(lambda transaction: transaction.execute(text("SELECT pg_sleep(1)"), {}).close())
    finally:
        await store.close()


async def test_a_connection_that_is_left_in_a_transaction_is_replaced(on_sqlite: Store) -> None:
    def leaves_a_transaction(transaction: Transaction) -> None:
        transaction._connection.connection.dbapi_connection.close()  # type: ignore[union-attr]
        raise ZeroDivisionError

    with pytest.raises((ZeroDivisionError, StoreError)):
        await on_sqlite._writer.run(leaves_a_transaction)
    assert await on_sqlite.arrive(arrival(), "nonce", NOW)


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
async def test_a_commit_reaches_the_disk_before_it_is_acknowledged(
    on_sqlite: Store, pragma: str, value: object
) -> None:
    asked = text(f"PRAGMA {pragma}")
    assert await on_sqlite._writer.run(lambda transaction: transaction.execute(asked, {}).scalar()) == value
