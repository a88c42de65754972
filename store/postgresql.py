"""PostgreSQL by psycopg: some connections for transactions that write, some for single statements that read."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from store.limits import DATABASE_WAIT

MIGRATION_LOCK = 0x53656E747279  # "Sentry"
LOCK = text("SELECT pg_advisory_xact_lock(:key)")
TAKE_TIME = text("SET LOCAL statement_timeout = 0")

_MILLISECONDS = round(DATABASE_WAIT * 1000)
_CONNECTING: dict[str, Any] = {
    "connect_timeout": round(DATABASE_WAIT),
    "options": f"-c timezone=UTC -c statement_timeout={_MILLISECONDS} -c lock_timeout={_MILLISECONDS}",
    "application_name": "sentry-teams-bot",
    # A peer that fell silent is given up as soon as one that is slow; idle connections stay known to firewalls.
    "tcp_user_timeout": _MILLISECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


FEWEST = 2


class Postgresql:
    """The database on a server."""

    def __init__(self, url: URL, connections: int) -> None:
        if connections < FEWEST:
            raise ValueError("the store needs two connections to PostgreSQL, one to write and one to read")
        address = url.set(drivername="postgresql+psycopg")
        # Each worker thread holds one connection for as long as it lives; a pool would only count them again.
        self.writers = create_engine(address, poolclass=NullPool, connect_args=_CONNECTING)
        self.readers: Engine = self.writers.execution_options(isolation_level="AUTOCOMMIT")
        self.reading_threads = connections // 2
        self.writing_threads = connections - self.reading_threads

    def lock(self, connection: Connection) -> None:
        """Keep everybody else from migrating until the transaction ends, and let the migration take its time."""
        connection.execute(LOCK, {"key": MIGRATION_LOCK})
        connection.execute(TAKE_TIME)

    def migrated(self) -> None:
        """Nothing to note: the server knows its databases."""

    def check(self) -> None:
        """Nothing to check: a connection ends with its database."""
