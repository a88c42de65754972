"""The one HTTP session for everything that the bot calls."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from adapter.proxies import proxied_requests

CONNECTIONS = 200
# Shorter than what the servers keep: a request that meets a connection just being closed cannot be repeated safely.
KEEP_ALIVE = 30.0
CONNECT_WITHIN = 5.0


class ThreadResolver(AbstractResolver):
    """DNS in two threads of its own: a hung look-up must not hold up what shares the loop's default executor."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(2, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._executor, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Let the threads go; a look-up that hangs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def open_session(*, proxy_from_environment: bool) -> aiohttp.ClientSession:
    """Return a pooled session; the caller closes it.

    proxy_from_environment: honour HTTPS_PROXY and NO_PROXY.
    """
    connector = aiohttp.TCPConnector(
        limit=CONNECTIONS,
        keepalive_timeout=KEEP_ALIVE,
        ttl_dns_cache=300,
        resolver=ThreadResolver(),
    )
    timeout = aiohttp.ClientTimeout(total=30, connect=CONNECT_WITHIN)
    requests = proxied_requests() if proxy_from_environment else aiohttp.ClientRequest
    return aiohttp.ClientSession(
        connector=connector, timeout=timeout, request_class=requests, cookie_jar=aiohttp.DummyCookieJar()
    )


class TooLong(ValueError):
    """A body is longer than it may be."""


async def read_at_most(stream: aiohttp.StreamReader, limit: int) -> bytes:
    """Return the body that comes in `stream`; raises TooLong when it has more than `limit` bytes."""
    if stream.is_eof():  # most bodies come along with their headers
        return _at_most(limit, stream.read_nowait())
    body = bytearray()
    async for chunk in stream.iter_any():
        body += chunk
        if len(body) > limit:
            break
    return _at_most(limit, bytes(body))


def _at_most(limit: int, body: bytes) -> bytes:
    if len(body) > limit:
        raise TooLong(f"the body is longer than {limit} bytes")
    return body
