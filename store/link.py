"""One worker thread's line to the database: runs transactions, and connects anew when the line was cut."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from store.database import Database
from store.errors import StoreUnavailable
from store.failures import Failure, failure_of
from store.transaction import Transaction

T = TypeVar("T")


class LostBeforeCommit(StoreUnavailable):
    """The connection was cut at a moment when nothing can have been committed."""


class Link:
    """At most one connection, opened when it is first needed. Belongs to one thread."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._connection: Connection | None = None

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a transaction and return what it returns, once that is committed.

        A cut connection costs one more attempt, unless the commit was already sent. Raises what `work` raises, and
        SQLAlchemy's errors as they are.
        """
        try:
            return self._attempt(work)
        except LostBeforeCommit:
            return self._attempt(work)

    def _attempt(self, work: Callable[[Transaction], T]) -> T:
        committing = False
        try:
            connection = self._connected()
            with connection.begin():
                transaction = Transaction(connection)
                result = work(transaction)
                transaction.flush()
                committing = True
        except SQLAlchemyError as error:
            failure = failure_of(error)
            if failure in (Failure.LOST, Failure.UNAVAILABLE):
                self.close()
            if failure is Failure.LOST and not committing:
                raise LostBeforeCommit("the connection to the database was cut") from error
            raise
        finally:
            self._leave_no_transaction()
        return result

    def _leave_no_transaction(self) -> None:
        # A connection on which even undoing failed would refuse every transaction to come.
        if self._connection is not None and self._connection.in_transaction():
            self.close()

    def _connected(self) -> Connection:
        self._database.check()
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
