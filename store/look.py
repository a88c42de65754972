"""A look at a database from outside of the bot: nothing is created, migrated or written. Blocks."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from store.database import Database, database_of
from store.errors import StoreError, StoreUnavailable
from store.failures import store_error
from store.migrate import MIGRATIONS

WITHIN = 5.0
# table.column, with the condition that makes it count
ARRIVED = (("audit", "at", ""), ("seen_activities", "seen_at", ""))
SENT = (("installations", "welcomed_at", ""), ("deliveries", "finished_at", " WHERE state = 1"))


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. `revision` None: the bot has never run on this database; `newest`: what this program needs.

    `known`: this program knows that revision. The times are None when there was none, or it is not kept that long.
    """

    revision: str | None
    newest: str
    known: bool
    installations: int
    last_arrival: datetime | None
    last_card: datetime | None


def look(url: str, password: Callable[[], str] | None = None) -> Look:
    """Look at the database that `url` names; raises StoreError."""
    database = _opened(url, password)
    try:
        with closing(database.readers.connect()) as connection:
            return _seen(connection)
    except SQLAlchemyError as error:
        seen = store_error(error)
        raise seen if isinstance(seen, StoreError) else StoreUnavailable(str(seen)) from error


def _opened(url: str, password: Callable[[], str] | None) -> Database:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            raise StoreUnavailable(f"there is no file {parsed.database}")
        return database_of(url, 2, WITHIN, password)
    except (ArgumentError, ValueError) as error:
        raise StoreUnavailable(str(error)) from error


def _seen(connection: Connection) -> Look:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    revision = MigrationContext.configure(connection).get_current_revision()
    tables = set(inspect(connection).get_table_names())
    return Look(
        revision=revision,
        newest=scripts.get_current_head() or "",
        known=revision in {script.revision for script in scripts.walk_revisions()},
        installations=_count(connection) if "installations" in tables else 0,
        last_arrival=_latest(connection, tables, ARRIVED),
        last_card=_latest(connection, tables, SENT),
    )


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM installations WHERE removed_at IS NULL")).scalar_one())


def _latest(connection: Connection, tables: set[str], where: tuple[tuple[str, str, str], ...]) -> datetime | None:
    present = [f"SELECT max({column}) FROM {table}{only}" for table, column, only in where if table in tables]  # noqa: S608 - constants
    found = [connection.execute(text(query)).scalar() for query in present]
    return max((as_time(value) for value in found if value is not None), default=None)


def as_time(value: object) -> datetime:
    """Return a time as the tables keep it: a time, SQLite's text of one, or milliseconds since 1970."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(str(value))
