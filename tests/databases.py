"""Fixtures: an empty SQLite file and an empty PostgreSQL database; `url` runs a test on both."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from store.tables import metadata
from tests.postgres import Postgres, running_postgres

MILLISECONDS = {
    "deliveries": ("deadline", "created_at", "finished_at"),
    "lanes": ("due_at", "slot_at", "short_tat", "long_tat"),
    "calendars": ("next_at",),
    "seen_activities": ("seen_at",),
    "processes": ("seen_at",),
}


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


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Ask the database itself, past the store; what it changes is committed."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
    with psycopg.connect(url) as session:
        cursor = session.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def let_pass(url: str, seconds: float) -> None:
    """Let the time of the deliveries go on: every time that the database has noted lies further back."""
    for table, columns in MILLISECONDS.items():
        changes = ", ".join(f"{column} = {column} - {round(seconds * 1000)}" for column in columns)
        ask(url, f"UPDATE {table} SET {changes}")  # noqa: S608
