"""SQLite: one file in WAL mode. One transaction writes at a time, reading goes on, every commit reaches the disk."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.pool import NullPool

from store.errors import StoreUnavailable
from store.limits import DATABASE_WAIT


class Sqlite:
    """The database in a file, which is created with its directory."""

    writing_threads = 1
    reading_threads = 1

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("the database URL must name a file, as in sqlite:///data/bot.db")
        self._file = Path(url.database).absolute()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._identity: tuple[int, int] | None = None
        self.writers = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        self.readers = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        event.listen(self.writers, "begin", _begin_writing)

    def lock(self, connection: Connection) -> None:
        """Nothing to do: a transaction of `writers` has the file for itself from its beginning."""

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

    def _connect(self) -> sqlite3.Connection:
        mode = "rw" if self._identity else "rwc"
        uri = f"file:{quote(str(self._file))}?mode={mode}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=DATABASE_WAIT, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection


def _begin_writing(connection: Connection) -> None:
    # Asking for the write lock at once can be waited for; asking in the midst of a transaction cannot.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
