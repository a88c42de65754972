import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient

from handlers.forms import BODY_LIMIT, read_form

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def served() -> web.Application:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response(dict(await read_form(request, time_limit=0.2)))

    app = web.Application()
    app.router.add_post("/", echo)
    return app


async def test_fields(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served())
    response = await client.post("/", data="a=1+2&b=%C3%A4&empty=", headers=FORM)
    assert await response.json() == {"a": "1 2", "b": "ä", "empty": ""}


@pytest.mark.parametrize(("size", "status"), [(BODY_LIMIT, 200), (BODY_LIMIT + 1, 413)])
async def test_size_limit(aiohttp_client: AiohttpClient, size: int, status: int) -> None:
    client = await aiohttp_client(served())
    response = await client.post("/", data=b"a=".ljust(size, b"x"), headers=FORM)
    assert response.status == status


async def test_form_that_never_ends_is_given_up(aiohttp_client: AiohttpClient) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"a="
        await asyncio.sleep(1)
        yield b"1"

    client = await aiohttp_client(served())
    response = await client.post("/", data=slow(), headers=FORM)
    assert response.status == 408
