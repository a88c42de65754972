"""PostgreSQL by psycopg: some connections for transactions that write, some for single statements that read."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from store.errors import StoreUnavailable

MIGRATION_LOCK = 0x53656E747279  # "Sentry"
LOCK = text("SELECT pg_advisory_xact_lock(:key)")
TAKE_TIME = text("SET LOCAL statement_timeout = 0")


FEWEST = 2


class Postgresql:
    """The database on a server."""

    def __init__(self, url: URL, connections: int, wait: float, password: Callable[[], str] | None = None) -> None:
        if connections < FEWEST:
            raise ValueError("the store needs two connections to PostgreSQL, one to write and one to read")
        address = url.set(drivername="postgresql+psycopg")
        # Each worker thread holds one connection for as long as it lives; a pool would only count them again.
        self.writers = create_engine(address, poolclass=NullPool, connect_args=_connecting(url, wait))
        if password is not None:
            event.listen(self.writers, "do_connect", _signing_in(password))
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


def _signing_in(password: Callable[[], str]) -> Callable[..., None]:
    """Return what SQLAlchemy calls before it connects: it fills in the password of the moment."""

    def sign_in(_dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]) -> None:
        try:
            parameters["password"] = password()
        except Exception as error:
            raise StoreUnavailable(f"no password for the database: {error}") from error

    return sign_in


def _connecting(url: URL, wait: float) -> dict[str, Any]:
    """Return what libpq is told beyond the URL, which has the last word."""
    milliseconds = round(wait * 1000)
    options = f"-c timezone=UTC -c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
    ours = {
        "connect_timeout": round(wait),
        "application_name": "sentry-teams-bot",
        # A host that fell silent is noticed about as soon as one that is slow.
        "tcp_user_timeout": milliseconds,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
    }
    asked = {name: value for name, value in ours.items() if name not in url.query}
    return {**asked, "options": f"{options} {url.query.get('options', '')}"}
