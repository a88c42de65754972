"""The databases that the store knows, and how each is told to keep what it has acknowledged."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from store.postgresql import Postgresql
from store.sqlite import Sqlite


class Database(Protocol):
    """One database: an engine for transactions that write and one for single statements that read."""

    writers: Engine
    readers: Engine
    writing_threads: int
    reading_threads: int

    def lock(self, connection: Connection) -> None:
        """Keep everybody else from migrating until the transaction of `connection` ends."""

    def migrated(self) -> None:
        """Take note that the database exists and has its tables."""

    def check(self) -> None:
        """Raise StoreUnavailable if what was opened is no longer the database."""


def database_of(url: str, connections: int, wait: float, password: Callable[[], str] | None = None) -> Database:
    """Return the database that `url` names; raises ValueError for one that the store cannot work with.

    connections: how many a process keeps to PostgreSQL, at least two. wait: seconds that a statement may wait.
    password: gives PostgreSQL's password for each new connection, None when the URL holds it.
    """
    parsed = _parsed(url)
    match parsed.get_backend_name():
        case "sqlite":
            return Sqlite(parsed, wait)
        case "postgresql" | "postgres":
            return Postgresql(parsed, connections, wait, password)
        case other:
            raise ValueError(f"a database URL begins with sqlite:/// or postgresql://, not with {other}://")


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise ValueError("the database URL cannot be read; it looks like sqlite:///data/bot.db") from None
