"""What most tests stand on: Microsoft's and Sentry's stand-ins, and a bot that is served for real."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot import create_app
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import Teams
from settings import load_settings
from tests.authorities import reach
from tests.databases import (  # noqa: F401 - fixtures of all tests
    fresh_postgres_url,
    postgres,
    postgres_url,
    shared_postgres_url,
    sqlite_url,
    url,
)

SECRET_KEY = "a-secret-key-for-tests-that-is-long-enough"


@pytest.fixture(scope="session")
def microsoft_cloud() -> Iterator[Microsoft]:
    with Microsoft() as cloud:
        yield cloud


@pytest.fixture
def microsoft(microsoft_cloud: Microsoft, monkeypatch: pytest.MonkeyPatch) -> Microsoft:
    microsoft_cloud.reset()
    reach(microsoft_cloud, monkeypatch)
    return microsoft_cloud


@pytest.fixture(scope="session")
def sentry_server() -> Iterator[Sentry]:
    with Sentry() as server:
        yield server


@pytest.fixture
def sentry(sentry_server: Sentry) -> Sentry:
    sentry_server.reset()
    return sentry_server


@pytest.fixture
def values(microsoft: Microsoft, sentry: Sentry, tmp_path: Path) -> dict[str, str]:
    """The settings of a registered bot, as they stand in its environment."""
    return {
        "MicrosoftAppId": microsoft.app_id,
        "MicrosoftAppPassword": microsoft.app_secret,
        "MicrosoftAppTenantId": microsoft.tenant_id,
        "PUBLIC_URL": "https://bot.example.org",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
        "SENTRY_URLS": sentry.url,
        **{name: value for name, value in microsoft.environment.items() if name == "HTTPS_PROXY"},
    }


@dataclass(frozen=True, slots=True)
class ServedBot:
    """A running bot: where it is, its application, and Teams talking to it."""

    url: str
    app: web.Application
    teams: Teams
    session: aiohttp.ClientSession


@asynccontextmanager
async def serve(values: Mapping[str, str], microsoft: Microsoft) -> AsyncIterator[ServedBot]:
    """Serve a bot with these settings on a free port."""
    async with AsyncExitStack() as stack:
        app = await create_app(load_settings(values))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield ServedBot(url, app, Teams(microsoft, url, session), session)


@pytest.fixture
async def start_bot(microsoft: Microsoft, values: dict[str, str]) -> AsyncIterator[Callable[..., Awaitable[ServedBot]]]:
    """Start bots with changed settings; `start_bot(PORT="1", SECRET_KEY=None)` (None: not set)."""
    async with AsyncExitStack() as stack:

        async def start(**changed: str | None) -> ServedBot:
            wanted = {name: value for name, value in {**values, **changed}.items() if value is not None}
            return await stack.enter_async_context(serve(wanted, microsoft))

        yield start


@pytest.fixture
async def bot(start_bot: Callable[..., Awaitable[ServedBot]]) -> ServedBot:
    """A registered bot, served."""
    return await start_bot()
