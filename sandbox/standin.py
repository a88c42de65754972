"""A stand-in runs in a thread with an event loop of its own, so that it answers whatever the caller's loop is doing."""

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from aiohttp import web

T = TypeVar("T")


class StandIn:
    """Start and stop of a stand-in. Subclasses open their servers in `_open` and close them in `_close`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)

    async def _open(self) -> None:
        """Opens the servers; runs in the stand-in's own loop."""

    async def _close(self) -> None:
        """Closes the servers; runs in the stand-in's own loop."""

    def start(self) -> Self:
        """Returns when the servers listen. A stand-in starts once."""
        self._thread.start()
        try:
            self._run(self._open())
        except BaseException:
            self._end()
            raise
        return self

    def stop(self) -> None:
        """Returns when the servers are closed and the thread has ended."""
        try:
            self._run(self._close())
        finally:
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)


async def listen(application: web.Application, port: int, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    """Serves `application` on loopback; port 0 takes a free one (see `port_of`)."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls, backlog=512).start()
    return runner


def port_of(runner: web.AppRunner) -> int:
    """The port that a runner from `listen` listens on."""
    return int(runner.addresses[0][1])
