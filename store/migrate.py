"""Brings the database up to date by Alembic, one process at a time."""

from pathlib import Path
from threading import Event
from time import monotonic

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from store.database import Database
from store.errors import StoreError
from store.failures import store_error
from store.limits import MIGRATION_WAIT

MIGRATIONS = Path(__file__).parent / "migrations"
PAUSE = 0.05
LOCK_NOT_AVAILABLE = "55P03"
NEWEST = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
"""The revision of the tables that this program works with: the last one, as they are numbered."""


def migrate(database: Database) -> None:
    """Create or upgrade the tables; waits while another process does. Blocks: call it in a thread.

    Raises StoreUnavailable when the database does not answer, StoreError when it is newer than this program.
    """
    deadline = monotonic() + MIGRATION_WAIT
    while True:
        try:
            _upgrade(database)
            return database.migrated()
        except DBAPIError as error:
            if not _waits_for_another(error) or monotonic() > deadline:
                raise store_error(error) from error
        Event().wait(PAUSE)


def _waits_for_another(error: DBAPIError) -> bool:
    # SQLite does not wait while another process turns the new file to WAL mode, it says "database is locked".
    return "locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


def _upgrade(database: Database) -> None:
    with database.writers.begin() as connection:
        database.lock(connection)
        if _revision(connection) != NEWEST:
            _run_migrations(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run_migrations(connection: Connection) -> None:
    # Alembic takes a twelfth of the start, and most starts find nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the database was migrated by a newer version of this program: {error}") from error
