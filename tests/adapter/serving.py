"""Bots served for real: the whole one with its turns watched, and small ones behind the same adapter."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp import web
from botbuilder.core import TurnContext

from adapter.http import open_session
from adapter.seam import Seam, open_seam
from bot import create_app
from handlers import messages
from handlers.errors import errors
from sandbox.microsoft import Microsoft
from sandbox.standin import listen, port_of
from sandbox.teams import Teams
from settings import load_settings


class Handler(Protocol):
    """What takes turns."""

    async def on_turn(self, turn_context: TurnContext) -> None: ...


@dataclass
class Watched:
    """A bot, and the activities that got as far as it."""

    inner: Handler
    turns: list[dict[str, Any]] = field(default_factory=list)

    async def on_turn(self, turn_context: TurnContext) -> None:
        self.turns.append(turn_context.activity.raw)
        await self.inner.on_turn(turn_context)


@dataclass(frozen=True)
class WatchedBot:
    """The whole bot, served at `url`, on Microsoft's side and a database of its own."""

    url: str
    microsoft: Microsoft
    watched: Watched
    database: Path

    def touched(self) -> dict[str, int]:
        """What happened since `forget`: turns, requests to the connector, attempts to reach strangers, rows stored."""
        connection = sqlite3.connect(self.database)
        rows = connection.execute("SELECT count(*) FROM installations").fetchone()[0]
        connection.close()
        requests = self.microsoft.connector.requests.total() + self.microsoft.bot_framework_api.requests.total()
        strangers = self.microsoft.proxy.refused.total()
        return {"turns": len(self.watched.turns), "requests": requests, "strangers": strangers, "rows": rows}

    def forget(self) -> None:
        """Start from nothing again; the bot keeps its keys and its connector token."""
        self.watched.turns.clear()
        self.microsoft.reset()
        connection = sqlite3.connect(self.database, isolation_level=None, timeout=5)
        connection.execute("DELETE FROM installations")
        connection.close()


@asynccontextmanager
async def outgoing(*, through_proxy: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
    """Open the session of a bot; when it is closed, connections that were broken off get the time to close as well."""
    async with open_session(proxy_from_environment=through_proxy) as session:
        yield session
    await asyncio.sleep(0.05)


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """Serve an application on a free port; yields its address."""
    runner = await listen(app, 0)
    try:
        yield f"http://127.0.0.1:{port_of(runner)}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def watched_bot(values: dict[str, str], microsoft: Microsoft, database: Path) -> AsyncIterator[WatchedBot]:
    """Serve the whole bot."""
    app = await create_app(load_settings({**values, "DATABASE_URL": f"sqlite:///{database}"}))
    watched = Watched(app[messages.BOT])
    app[messages.BOT] = watched
    async with listening(app) as url:
        yield WatchedBot(url, microsoft, watched, database)
    await asyncio.sleep(0.05)


@dataclass(frozen=True)
class SmallBot:
    """A handler behind the adapter, served at `url`; `teams` talks to it, `seam` is what it runs on."""

    url: str
    teams: Teams
    seam: Seam
    watched: Watched


@asynccontextmanager
async def small_bot(values: dict[str, str], microsoft: Microsoft, handler: Handler) -> AsyncIterator[SmallBot]:
    """Serve `handler` behind the adapter and the error edge."""
    settings = load_settings(values)
    app = web.Application(middlewares=[errors])
    async with (
        outgoing(through_proxy=settings.proxy_from_environment) as session,
        open_seam(settings, session) as seam,
        aiohttp.ClientSession() as client,
    ):
        app[messages.ADAPTER], app[messages.BOT] = seam.adapter, Watched(handler)
        messages.add_routes(app)
        async with listening(app) as url:
            yield SmallBot(url, Teams(microsoft, url, client), seam, app[messages.BOT])


@dataclass(frozen=True)
class Doing:
    """A handler that does one thing in every turn."""

    act: Callable[[TurnContext], Awaitable[object]]

    async def on_turn(self, turn_context: TurnContext) -> None:
        await self.act(turn_context)


@asynccontextmanager
async def outbound(values: dict[str, str | None]) -> AsyncIterator[Seam]:
    """Open the seam alone, for a bot with these settings (None: not set)."""
    settings = load_settings({name: value for name, value in values.items() if value is not None})
    async with outgoing(through_proxy=settings.proxy_from_environment) as session, open_seam(settings, session) as seam:
        yield seam
