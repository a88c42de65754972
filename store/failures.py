"""What an exception from SQLAlchemy means for the operation that met it."""

from enum import Enum, auto

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from store.errors import StoreError, StoreRejected, StoreUnavailable

DEADLOCK_OR_SERIALIZATION = {"40P01", "40001"}
RACED_CONSTRAINT = {"23503", "23505"}
# A server that became a standby, or is being shut down, will not do; the next connection leads to its successor.
WRONG_SERVER = {"25006", "57P01", "57P02"}


class Failure(Enum):
    """What to do next."""

    LOST = auto()  # the connection is gone, and the transaction with it: connect and run it again
    CONFLICT = auto()  # two transactions got in each other's way: run it again
    UNAVAILABLE = auto()  # the database cannot do it now
    REJECTED = auto()  # the database will never do it


def failure_of(error: Exception) -> Failure:
    """Return what `error` means."""
    if not isinstance(error, DBAPIError):
        return Failure.REJECTED
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in WRONG_SERVER:
        return Failure.LOST
    if state in DEADLOCK_OR_SERIALIZATION or state in RACED_CONSTRAINT:
        return Failure.CONFLICT
    # SQLite says a plain DatabaseError for a file that is damaged or no database.
    if isinstance(error, (OperationalError, InterfaceError)) or type(error.orig).__name__ == "DatabaseError":
        return Failure.UNAVAILABLE
    return Failure.REJECTED


def store_error(error: Exception) -> Exception:
    """Return what the caller of the store gets to see: a StoreError, or `error` itself if it is our own mistake."""
    if isinstance(error, StoreError) or not isinstance(error, (SQLAlchemyError, ValueError, OverflowError)):
        return error
    if failure_of(error) is Failure.REJECTED:
        return StoreRejected(_reason(error))
    return StoreUnavailable(_reason(error))


def _reason(error: Exception) -> str:
    # The statement and its parameters stay out: they may hold what must not be logged.
    original = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(original).__name__}: {str(original).splitlines()[0] if str(original) else 'no reason given'}"
