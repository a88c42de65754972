"""SQLite: one file in WAL mode. One transaction writes at a time, reading goes on, every commit reaches the disk."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from store.errors import StoreUnavailable


class Sqlite:
    """The database in a file, which is created with its directory."""

    writing_threads = 1
    reading_threads = 1

    def __init__(self, url: URL, wait: float) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("the database URL must name a file, as in sqlite:///data/bot.db")
        self._file = Path(url.database).absolute()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._wait = wait
        self._identity: tuple[int, int] | None = None
        self.writers = self._engine("IMMEDIATE")
        self.readers = self._engine(None)

    def lock(self, connection: Connection) -> None:
        """Keep everybody else from writing until the transaction ends; the driver itself begins none for DDL."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def migrated(self) -> None:
        """From now on the file must be this one: an empty new one in its place would hide the loss."""
        self._identity = self._identify()

    def check(self) -> None:
        """Raise StoreUnavailable if the file was deleted or replaced, which SQLite does not notice in WAL mode."""
        if self._identify() != self._identity:
            raise StoreUnavailable(f"{self._file} is no longer the file that was opened")

    def _identify(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _engine(self, begin: Literal["IMMEDIATE"] | None) -> Engine:
        # A write lock that is asked for at once can be waited for; one that a transaction asks for in its midst cannot.
        connect = partial(self._connect, begin)
        return create_engine("sqlite://", paramstyle="named", creator=connect, poolclass=NullPool)

    def _connect(self, begin: Literal["IMMEDIATE"] | None) -> sqlite3.Connection:
        mode = "rw" if self._identity else "rwc"
        uri = f"file:{quote(str(self._file))}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=self._wait, isolation_level=begin, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection
