"""The store's own threads. Calls that wait at the same time share one transaction, and so one commit.

A commit costs more than the calls in it. So while calls come faster than commits, a transaction waits a moment for more
of them (as PostgreSQL's commit_delay does with commit_siblings); a call that comes by itself never waits.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, TypeVar

from store.calls import Call
from store.errors import StoreUnavailable
from store.failures import Failure, failure_of, store_error
from store.limits import BATCH, QUEUE
from store.link import Link
from store.transaction import Transaction

T = TypeVar("T")
ATTEMPTS = 3
ALONE = None


class Worker:
    """One thread for each of `links`, and one queue. Belongs to the event loop that it was made on.

    wait: seconds that a caller waits at most. gather: seconds that a transaction waits for more calls while many come.
    """

    def __init__(self, links: Sequence[Link], name: str, wait: float, gather: float = 0.0) -> None:
        self._wait = wait
        self._gather = gather
        self._was_shared = False
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Call[Any] | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, args=(link,), name=name, daemon=True) for link in links]
        self._closed = False
        for thread in self._threads:
            thread.start()

    async def run(self, operation: Callable[[Transaction], T], order: str | None = "") -> T:
        """Run `operation` in a worker thread and return what it returns, once it is committed.

        order: calls in one transaction run sorted by it, so that two processes lock rows in the same order; ALONE when
        the operation locks several rows and needs a transaction of its own. Raises a StoreError, or what `operation`
        raises.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._queue.qsize() >= QUEUE:
            raise StoreUnavailable("too many calls wait for the database")
        future: asyncio.Future[T] = self._loop.create_future()
        call = Call(operation, future, order)
        expiry = self._loop.call_later(self._wait, call.expire)
        self._queue.put(call)
        try:
            return await future
        finally:
            expiry.cancel()

    async def close(self) -> None:
        """Finish what waits, then close the connections."""
        self._closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, self._wait)

    def _work(self, link: Link) -> None:
        while (first := self._queue.get()) is not None:
            for calls in transactions(self._with_waiting(first)):
                run_together(link, calls)
                self._settle(calls)
        link.close()

    def _with_waiting(self, first: Call[Any]) -> list[Call[Any]]:
        if self._was_shared and first.order is not ALONE:
            Event().wait(self._gather)
        calls = [first]
        with suppress(Empty):
            # One that must be alone comes last, so that it keeps as few others waiting as it can.
            while len(calls) < BATCH and calls[-1].order is not ALONE:
                call = self._queue.get_nowait()
                if call is None:
                    # Somebody closes the store: the work at hand comes first.
                    self._queue.put(None)
                    break
                calls.append(call)
        self._was_shared = len(calls) > 1
        return calls

    def _settle(self, calls: Sequence[Call[Any]]) -> None:
        try:
            self._loop.call_soon_threadsafe(_settle, calls)
        except RuntimeError:
            # The loop is closed: nobody is left to hear of it.
            self._closed = True


def _settle(calls: Sequence[Call[Any]]) -> None:
    for call in calls:
        call.settle()


def transactions(calls: Sequence[Call[Any]]) -> list[list[Call[Any]]]:
    """Return which of `calls` share a transaction; those that nobody waits for any more are left out."""
    wanted = [call for call in calls if not call.abandoned]
    shared = sorted((call for call in wanted if call.order is not ALONE), key=lambda call: call.order or "")
    alone = [[call] for call in wanted if call.order is ALONE]
    return [shared, *alone] if shared else alone


def run_together(link: Link, calls: Sequence[Call[Any]]) -> None:
    """Run `calls` in one transaction. If one breaks it, run each again by itself, so that it hurts no other."""
    if len(calls) == 1:
        return run_alone(link, calls[0])
    try:
        link.run(lambda transaction: _run_all(calls, transaction))
    except Exception as error:  # noqa: BLE001 - whatever it is, the callers get to see it
        if isinstance(store_error(error), StoreUnavailable) and failure_of(error) is not Failure.CONFLICT:
            for call in calls:
                call.fail(error)
        else:
            for call in calls:
                run_alone(link, call)


def _run_all(calls: Sequence[Call[Any]], transaction: Transaction) -> None:
    for call in calls:
        call.run(transaction)


def run_alone(link: Link, call: Call[Any]) -> None:
    """Run `call` in a transaction of its own; again, when another one got in its way."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            link.run(call.run)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets to see it
            if failure_of(error) is Failure.CONFLICT and attempt < ATTEMPTS:
                continue
            call.fail(error)
        return
