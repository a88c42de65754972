"""Processes that are killed at every point of a path: `python -m tests.services.dying URL PATH`.

For n = 1, 2, 3 … a process is forked that takes the path in a conversation of its own and ends, as by kill -9, when it
has passed n points; the last one gets to the end. Points are every step of every task (so every await that waits),
and in the store's threads every statement, before and after, every commit, before and after. After each process one
line is printed: its exit status, and the last point's name; then a line is read before the next.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Generator
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Engine, event

from adapter.http import open_session
from sandbox.microsoft import APP_ID
from store.transaction import Transaction
from store.worker import Worker
from tests.services.carriers import Carriers, Instance, now

KILLED = 99
MOST_POINTS = 400
NEVER = 1_000_000
RETURNED = timedelta(minutes=2)


class Fuse:
    """Ends the process when `points` have been passed since it was lit."""

    def __init__(self, points: int) -> None:
        self.left = NEVER
        self._points = points
        self._lock = threading.Lock()

    def light(self) -> None:
        self.left = self._points

    def burn(self, point: str) -> None:
        with self._lock:
            self.left -= 1
            if self.left <= 0:
                os.write(1, f"{KILLED} {point}\n".encode())
                os._exit(KILLED)


class Stepped(Coroutine[Any, Any, Any]):
    """A coroutine in which every step is a point."""

    def __init__(self, inner: Coroutine[Any, Any, Any], fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse
        self._point = f"a step of {getattr(inner, '__qualname__', 'something')}"

    def send(self, value: Any) -> Any:
        self._fuse.burn(self._point)
        return self._inner.send(value)

    def throw(self, *error: Any) -> Any:
        self._fuse.burn(self._point)
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


def set_points(fuse: Fuse) -> None:
    """Make points of what the store's threads do, and of the steps of all tasks."""
    asyncio.get_running_loop().set_task_factory(
        lambda loop, coroutine, **how: asyncio.Task(Stepped(coroutine, fuse), loop=loop, **how)
    )
    for owner, name in ((Transaction, "execute"), (Transaction, "one"), (Transaction, "hot"), (Worker, "_settle")):
        setattr(owner, name, around(getattr(owner, name), fuse))
    event.listen(Engine, "commit", lambda _: fuse.burn("before a commit"))


def around(function: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    def wrapped(*args: Any) -> Any:
        fuse.burn(f"before {function.__qualname__}")
        result = function(*args)
        fuse.burn(f"after {function.__qualname__}")
        return result

    return wrapped


async def install(carriers: Carriers, one: Instance, number: int) -> None:
    await one.installations.arrive(carriers.arrival(number))


async def install_and_deliver(carriers: Carriers, one: Instance, number: int) -> None:
    await install(carriers, one, number)
    await deliver_what_waits(one)


async def deliver(carriers: Carriers, one: Instance, number: int) -> None:
    await one.delivery.deliver(carriers.named_card(number))
    await deliver_what_waits(one)


async def deliver_what_waits(one: Instance) -> None:
    """Wait without asking again and again, for each time would be a point."""
    noted = asyncio.Event()
    delivered = one.store.deliveries.delivered

    async def note(*what: Any) -> bool:
        more = await delivered(*what)
        noted.set()
        return more

    one.store.deliveries.delivered = note  # type: ignore[assignment, method-assign]
    one.start()
    await noted.wait()
    await one.delivery.stop(5)


async def take_up(carriers: Carriers, one: Instance, number: int) -> None:
    arrival = carriers.arrival(number)
    await one.store.arrive(arrival, f"nonce {number}", now() - RETURNED)
    await one.installations.take_up_welcomes()
    await deliver_what_waits(one)


PATHS = {path.__name__: path for path in (install, install_and_deliver, deliver, take_up)}


async def travel(url: str, path: str, number: int) -> None:
    fuse = Fuse(number)
    async with open_session(proxy_from_environment=True) as session:
        carriers = Carriers(url, os.environ["TOKEN"], APP_ID, session)
        one = await carriers.instance(start=False)
        set_points(fuse)
        fuse.light()
        await asyncio.create_task(PATHS[path](carriers, one, number))
        os.write(1, b"0 the end\n")
        os._exit(0)


def main() -> int:
    # Standard output is for the points.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    url, path = sys.argv[1], sys.argv[2]
    for number in range(1, MOST_POINTS):
        child = os.fork()
        if child == 0:
            asyncio.run(travel(url, path, number))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdin.readline()
        if status != KILLED:
            return status
    return 1


if __name__ == "__main__":
    sys.exit(main())
