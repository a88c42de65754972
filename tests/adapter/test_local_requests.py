"""In local mode nobody is authenticated, so the bot serves this machine only."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from adapter import service_urls
from adapter.service_urls import is_allowed
from sandbox.microsoft import Microsoft
from tests.adapter.draft import Change, Draft, also, header, method, service_url, value
from tests.adapter.request_row import Row, row
from tests.adapter.serving import WatchedBot, watched_bot
from tests.adapter.wire import exchange
from tests.conftest import SECRET_KEY
from tests.local_connector import LocalConnector, local_connector

FOREIGN_HOSTS = (
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "evil.example:3978",
    "0.0.0.0",  # noqa: S104 - sent, not bound
    "169.254.169.254",
    "2130706433",
    "[",
    "[::ffff:10.0.0.1]",
    "",
)
FOREIGN_CONNECTORS = (
    "https://smba.trafficmanager.net/amer/",
    "http://evil.example/",
    "http://localhost.evil.example/",
    "http://127.0.0.1@evil.example/",
    "http://169.254.169.254/",
    "http://0.0.0.0/",
    "file://localhost/etc/passwd",
    "http://localhost/?x=",
    "localhost:3978",
)
ROWS: tuple[Row, ...] = (
    row("the Emulator", 201, ""),
    row("the Playground", 201, "", value("channelId", "msteams")),
    row("a token that nobody asked for", 201, "", header("Authorization", "Bearer garbage")),
    *(row(f"the host {host}", 201, "", header("Host", host)) for host in ("localhost", "LOCALHOST:1", "[::1]:3978")),
    *(row(f"the host {host!r}", 403, "host", header("Host", host)) for host in FOREIGN_HOSTS),
    *(row(f"the connector {url}", 403, "service_url", service_url(url)) for url in FOREIGN_CONNECTORS),
    row("a form that a web page may send", 415, "content_type", header("Content-Type", "text/plain")),
    row("what a web page must ask first", 405, "method", method("OPTIONS"), also(b"Origin: https://evil.example")),
    row("another channel", 403, "channel", value("channelId", "directline")),
    row("no service URL", 400, "field_missing", value("serviceUrl", ...)),
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connector() -> AsyncIterator[LocalConnector]:
    async with local_connector() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def local_bot(microsoft_cloud: Microsoft, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WatchedBot]:
    microsoft_cloud.reset()
    database = tmp_path_factory.mktemp("local") / "bot.db"
    async with watched_bot({"SECRET_KEY": SECRET_KEY}, microsoft_cloud, database) as bot:
        yield bot


def in_the_emulator(url: str) -> Change:
    """An activity as the Emulator sends it, without a token."""

    def change(draft: Draft) -> None:
        changes: dict[str, Any] = {"channelId": "emulator", "serviceUrl": url}
        draft.activity.update(changes)
        draft.headers["Authorization"] = None

    return change


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_request(row: Row, local_bot: WatchedBot, connector: LocalConnector) -> None:
    local_bot.forget()
    connector.activities.clear()
    draft = Draft(local_bot.microsoft)
    in_the_emulator(connector.url)(draft)
    with capture_logs() as lines:
        reply = await exchange(local_bot.url, row.draft(draft))
    reasons = [line["reason"] for line in lines if line["event"] == "request refused"]
    assert (reply.status, reasons) == (row.status, [row.reason] if row.reason else [])
    assert len(connector.activities) == len(local_bot.watched.turns) == (1 if row.status == 201 else 0)


async def test_an_address_of_version_6_is_this_machine_too() -> None:
    assert is_allowed("http://[::1]:3978/", None)


async def test_long_addresses_are_not_remembered() -> None:
    asked = service_urls._is_allowed.cache_info().misses
    assert not is_allowed("http://localhost/" + "a" * 100_000, None)
    assert service_urls._is_allowed.cache_info().misses == asked
