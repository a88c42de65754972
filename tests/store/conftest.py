import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from store import Store
from store.tables import metadata
from tests.postgres import Postgres, running_postgres
from tests.store.places import KEYS

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def fresh_postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database without tables."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def shared_postgres_url(postgres: Postgres) -> str:
    return postgres.url(postgres.create_database())


@pytest.fixture
def postgres_url(shared_postgres_url: str) -> Iterator[str]:
    """A database without rows; emptying it is several times as fast as making one."""
    yield shared_postgres_url
    with psycopg.connect(shared_postgres_url) as session:
        session.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/bot.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url, cipher_keys=KEYS)
    yield opened
    await opened.close()


@pytest.fixture
def query(url: str) -> Query:
    """Asks the database itself, past the store."""
    return lambda statement: ask(url, statement)


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
    with psycopg.connect(url) as session:
        return session.execute(statement.encode()).fetchall()
