"""Where the environment names a proxy, everything goes through it, but for what NO_PROXY names."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDictProxy

from adapter.http import open_session
from tests.adapter.serving import listening

TARGET = "http://sentry.invalid/api/0/"


@dataclass
class Proxy:
    url: str = ""
    asked: list[tuple[str, CIMultiDictProxy[str]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((str(request.url), request.headers))
        return web.Response(text="through the proxy")


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    standing = Proxy()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", standing.answer)
    async with listening(app) as url:
        standing.url = url
        yield standing


async def itself(_: web.Request) -> web.Response:
    return web.Response(text="itself")


async def get(url: str, *, proxy_from_environment: bool = True) -> str:
    async with open_session(proxy_from_environment=proxy_from_environment) as session, session.get(url) as answer:
        return await answer.text()


@pytest.mark.parametrize("scheme", ["http://", ""])
async def test_requests_go_through_the_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("http_proxy", proxy.url.replace("http://", scheme))
    assert await get(TARGET) == "through the proxy"
    ((url, headers),) = proxy.asked
    assert (url, headers["Host"], "Proxy-Authorization" in headers) == (TARGET, "sentry.invalid", False)


async def test_the_proxys_name_and_password_go_along(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "http://me%40work:p%3Ass@"))
    await get(TARGET)
    ((_, headers),) = proxy.asked
    assert headers["Proxy-Authorization"] == "Basic bWVAd29yazpwOnNz"  # me@work:p:ss
    assert "Authorization" not in headers


async def test_what_no_proxy_names_is_asked_itself(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    app = web.Application()
    app.router.add_get("/", itself)
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "example.com,127.0.0.1")
    async with listening(app) as url:
        assert await get(f"{url}/") == "itself"
    assert proxy.asked == []


@pytest.mark.parametrize(("variable", "proxy_from_environment"), [("https_proxy", True), ("http_proxy", False)])
async def test_neither_another_schemes_proxy_nor_an_unwanted_one_is_asked(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, variable: str, proxy_from_environment: bool
) -> None:
    monkeypatch.setenv(variable, proxy.url)
    app = web.Application()
    app.router.add_get("/", itself)
    async with listening(app) as url:
        assert await get(f"{url}/", proxy_from_environment=proxy_from_environment) == "itself"
    assert proxy.asked == []


async def test_they_go_along_to_a_tunnel_too(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("https_proxy", f"http://me%40work:p%3Ass@127.0.0.1:{port}")
        with pytest.raises(aiohttp.ClientHttpProxyError):
            await get("https://sentry.invalid/")
    assert heads[0].startswith(b"CONNECT sentry.invalid:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWVAd29yazpwOnNz\r\n" in heads[0]
