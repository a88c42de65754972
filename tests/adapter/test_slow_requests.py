"""Requests that come slowly, in part or in masses."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from adapter.clouds import CLOUDS
from adapter.gate import Gate
from handlers.errors import errors
from sandbox.microsoft import Microsoft
from settings import ChannelService
from tests.adapter.draft import LENGTH, Draft, body, header, text_of
from tests.adapter.serving import listening
from tests.adapter.wire import exchange

PATIENCE = 0.2


@asynccontextmanager
async def gate(microsoft: Microsoft) -> AsyncIterator[str]:
    """Serve a gate that is not patient; who is admitted gets 201."""
    guard = Gate(microsoft.app_id, CLOUDS[ChannelService.PUBLIC], None, read_within=PATIENCE)

    async def door(request: web.Request) -> web.Response:
        await guard.admit(request)
        return web.Response(status=201)

    app = web.Application(middlewares=[errors])
    app.router.add_route("*", "/api/messages", door)
    async with listening(app) as url:
        yield url


async def send_in_parts(url: str, parts: list[bytes], pause: float) -> bytes:
    """Send parts with pauses between them; return the status line of the answer."""
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    line = await reader.readline()
    writer.close()
    return line


async def test_a_body_that_does_not_come_is_not_waited_for(microsoft: Microsoft) -> None:
    request = Draft(microsoft).wire()
    async with gate(microsoft) as url:
        with capture_logs() as lines:
            status = await send_in_parts(url, [request[:-10]], PATIENCE)
    assert (status, lines[0]["reason"]) == (b"HTTP/1.1 408 Request Timeout\r\n", "body_too_slow")


async def test_a_body_that_trickles_is_not_waited_for(microsoft: Microsoft) -> None:
    request = Draft(microsoft).wire()
    drops = [request[:-100], *(request[index : index + 1] for index in range(-100, -90))]
    async with gate(microsoft) as url:
        assert b" 408 " in await send_in_parts(url, drops, PATIENCE / 5)


async def test_a_body_in_two_parts_is_waited_for(microsoft: Microsoft) -> None:
    request = Draft(microsoft).wire()
    async with gate(microsoft) as url:
        assert b" 201 " in await send_in_parts(url, [request[:-100], request[-100:]], PATIENCE / 5)


@pytest.mark.parametrize("rest", [b"zz\r\n", b"-1\r\n", b"2\r\nabc\r\n", b"\r\n"])
async def test_chunks_that_turn_bad_on_the_way_are_refused(microsoft: Microsoft, rest: bytes) -> None:
    draft = Draft(microsoft)
    for change in (header(LENGTH, None), header("Transfer-Encoding", "chunked"), body(b"2\r\n{}\r\n")):
        change(draft)
    async with gate(microsoft) as url:
        with capture_logs() as lines:
            status = await send_in_parts(url, [draft.wire(), rest], PATIENCE / 5)
    # aiohttp's parser in C lets the waiting one wait, the one in Python tells it.
    assert status.split()[1] in {b"400", b"408"}
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []


@pytest.mark.parametrize("authorization", [None, "Basic x", "Bearer x", "Bearer a.b.c"])
async def test_the_header_is_judged_before_a_body_arrives(microsoft: Microsoft, authorization: str | None) -> None:
    draft = Draft(microsoft)
    for change in (header("Authorization", authorization), header(LENGTH, "200000"), body(b"")):
        change(draft)
    async with gate(microsoft) as url:
        with capture_logs() as lines:
            reply = await exchange(url, draft.wire())
    assert reply.status == 401
    assert lines[0]["reason"] != "body_too_slow"


async def test_a_caller_who_leaves_in_the_middle_leaves_no_error(microsoft: Microsoft) -> None:
    request = Draft(microsoft).wire()
    async with gate(microsoft) as url:
        with capture_logs() as lines:
            _, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
            writer.write(request[:-10])
            await writer.drain()
            writer.transport.abort()
            reply = await exchange(url, request)
            await asyncio.sleep(PATIENCE * 1.5)
    assert reply.status == 201
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []


async def test_bodies_that_were_refused_are_not_kept(microsoft: Microsoft) -> None:
    draft = Draft(microsoft)
    text_of(lambda _: b" " * 300_000)(draft)
    chunked = draft.wire().replace(b"Content-Length: 300000", b"Transfer-Encoding: chunked")
    request = chunked.replace(b"\r\n\r\n", b"\r\n\r\n493e0\r\n", 1) + b"\r\n0\r\n\r\n"
    async with gate(microsoft) as url:
        before = requests_in_memory()
        statuses = {(await exchange(url, request)).status for _ in range(20)}
        kept = requests_in_memory() - before
    assert statuses == {413}
    assert kept < 5


def requests_in_memory() -> int:
    gc.collect()
    return sum(isinstance(thing, web.Request) for thing in gc.get_objects())
