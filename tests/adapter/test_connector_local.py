"""Posting without Microsoft: on this machine, and the rules of repeats alone."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from aiohttp import web

from adapter import retries
from adapter.connector import Connector
from adapter.errors import ConnectorError
from adapter.http import open_session
from adapter.retries import Attempt
from adapter.transport import ConnectorTransport
from model import ConversationReference
from tests.adapter.posting import HELLO, failure
from tests.adapter.serving import listening

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


async def test_a_local_connector_gets_no_token_and_no_second_call_for_one() -> None:
    seen: list[str | None] = []

    async def refuse(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(status=401)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", refuse)
    async with listening(app) as url, open_session(proxy_from_environment=False) as session:
        connector = Connector(ConnectorTransport(session, None), None, None)
        assert (await failure(connector.send(ConversationReference(url, "x", "emulator"), HELLO))).status == 401
    assert seen == [None]


async def test_names_are_looked_up_outside_of_the_shared_executor() -> None:
    async def greet(_: web.Request) -> web.Response:
        return web.json_response({"id": "1"})

    app, released = web.Application(), Event()
    app.router.add_post("/v3/conversations/x/activities", greet)
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    busy = loop.run_in_executor(None, released.wait)
    try:
        async with listening(app) as url, open_session(proxy_from_environment=False) as session:
            connector = Connector(ConnectorTransport(session, None), None, None)
            to = ConversationReference(url.replace("127.0.0.1", "localhost"), "x", "emulator")
            assert await connector.send(to, HELLO, within=5) == "1"
    finally:
        released.set()
        await busy


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("999999999", 86_400.0),
        ("9" * 30, 86_400.0),
        ("Wed, 04 Mar 2026 12:00:30 GMT", 30.0),
        ("Wed, 04 Mar 2026 13:00:30 +0100", 30.0),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0.0),
        ("Wed, 04 Mar 2036 12:00:00 GMT", 86_400.0),
        *((text, None) for text in ("", "-5", "5.5", "soon", "5 s", "1e3", "Wed, 99 Mar 2026 12:00:00 GMT")),
    ],
)
def test_what_a_pause_is(value: str, seconds: float | None) -> None:
    assert retries.retry_after(value, NOW) == seconds


@pytest.mark.parametrize(("number", "lowest", "highest"), [(1, 0.2, 0.4), (2, 0.4, 0.8), (3, 0.8, 1.6), (4, 1.6, 3.2)])
def test_pauses_grow_and_differ(number: int, lowest: float, highest: float) -> None:
    error = ConnectorError(503, "", "", retryable=True)
    waits: list[Any] = [
        retries.wait_before_retry(Attempt("POST", number, sent=True), error, 100, jitter) for jitter in (0, 1)
    ]
    assert waits == pytest.approx([lowest, highest])
