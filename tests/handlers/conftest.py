from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapter.http import open_session
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sentry_api import SentryApi
from services.delivery import Delivery
from services.setup_links import SetupLinks
from store import Store
from tests.authorities import reach
from tests.handlers.setup_world import KEYS, OTHER_SENTRY, PUBLIC_URL, WEBHOOK_URL, World, application, connector_to
from tests.services.installed import Clock


@pytest.fixture(scope="session")
def microsoft_of_session() -> Iterator[Microsoft]:
    with Microsoft() as running:
        yield running


@pytest.fixture(scope="session")
def sentry_of_session() -> Iterator[Sentry]:
    with Sentry() as running:
        yield running


@pytest.fixture
async def world(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    microsoft_of_session: Microsoft,
    sentry_of_session: Sentry,
) -> AsyncIterator[World]:
    microsoft, sentry, clock = microsoft_of_session, sentry_of_session, Clock()
    microsoft.reset()
    sentry.reset()
    sentry.app.webhook_url = WEBHOOK_URL
    reach(microsoft, monkeypatch)
    store = await Store.open(f"sqlite:///{tmp_path}/bot.db", cipher_keys=KEYS)
    links = SetupLinks(KEYS, PUBLIC_URL, clock)
    async with open_session(proxy_from_environment=True) as session:
        connector = connector_to(microsoft, session)
        api = SentryApi(session, [sentry.url, OTHER_SENTRY], time_limit=0.5)
        server = TestServer(application(store, links, api, Delivery(store.deliveries, connector, clock), clock))
        async with TestClient(server) as http:
            yield World(store, links, clock, microsoft, sentry, connector, http)
    await store.close()
