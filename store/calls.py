"""One call of the store on its way from the event loop to a worker thread and back."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from store.errors import StoreUnavailable
from store.failures import store_error
from store.transaction import Transaction

T = TypeVar("T")


class Abandoned(Exception):
    """Nobody waits for a call any more."""


class Call(Generic[T]):
    """An operation, who waits for it, and what came of it.

    order: calls that share a transaction run sorted by it; None when the call must not share one.
    """

    __slots__ = ("_error", "_future", "_operation", "_result", "order")

    def __init__(self, operation: Callable[[Transaction], T], future: asyncio.Future[T], order: str | None) -> None:
        self._operation = operation
        self._future = future
        self._result: T | None = None
        self._error: Exception | None = None
        self.order = order

    @property
    def abandoned(self) -> bool:
        """Tell whether nobody waits any more: cancelled, or given up as too slow."""
        return self._future.done()

    def run(self, transaction: Transaction) -> None:
        """Run the operation; in the worker thread. Its result counts only once the transaction is committed.

        Raises Abandoned, and so undoes it, when nobody waits any more: whoever gave up has told others that it failed.
        """
        self._result = self._operation(transaction)
        if self.abandoned:
            raise Abandoned

    def fail(self, error: Exception) -> None:
        """Let the caller see `error`, as the store words it; in the worker thread."""
        self._error = store_error(error)

    def expire(self) -> None:
        """Stop waiting; on the event loop."""
        if not self._future.done():
            self._future.set_exception(StoreUnavailable("the database took too long"))

    def settle(self) -> None:
        """Hand the outcome to the caller; on the event loop."""
        if self._future.done():
            return
        if self._error is not None:
            self._future.set_exception(self._error)
        else:
            self._future.set_result(self._result)  # type: ignore[arg-type]
