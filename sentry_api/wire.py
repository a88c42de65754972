"""One exchange with Sentry: a request goes out, and its whole answer comes back or an error says why not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from sentry_api.errors import SentryAnswer, SentryError, SentrySlow, SentryUnreachable, WrongToken

SIZE_LIMIT = 1024 * 1024
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `json` is sent as JSON, `form` as a form; `token` may be empty (OAuth's endpoints).

    `largest`: bytes of an answer that are taken at most.
    """

    method: str
    path: str
    token: str = field(default="", repr=False)
    query: Sequence[tuple[str, str]] = ()
    json: Mapping[str, object] | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    largest: int = SIZE_LIMIT

    @property
    def changes(self) -> bool:
        """Tell whether it may change something in Sentry."""
        return self.method not in _SAFE


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `data` is its JSON, None if it is none."""

    status: int
    headers: Mapping[str, str]
    data: Any


class Wire:
    """Sends over the pooled session that it is given, which must keep no cookies."""

    def __init__(self, session: aiohttp.ClientSession, connect_limit: float) -> None:
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_limit)

    async def exchange(self, base_url: str, ask: Ask, time_limit: float) -> Reply:
        """Return the answer, of any status; raises SentryUnreachable, SentrySlow, SentryAnswer (too large)."""
        url = URL(base_url + ask.path, encoded=True).with_query(list(ask.query) or None)
        try:
            async with asyncio.timeout(time_limit), self._request(url, ask) as response:
                return Reply(response.status, _headers(response.headers), _json(await _read(response, ask.largest)))
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            reason = "no connection in time" if isinstance(error, TimeoutError) else type(error).__name__
            raise SentryUnreachable(reason) from error
        except TimeoutError as error:
            raise _unsure(ask, SentrySlow(f"no answer within {time_limit:.3g} s")) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _unsure(ask, SentryUnreachable(type(error).__name__)) from error

    def _request(self, url: URL, ask: Ask) -> "aiohttp.client._RequestContextManager":
        headers = {"Accept": "application/json", "User-Agent": "sentry-teams-bot"}
        if ask.token:
            headers["Authorization"] = f"Bearer {_header_value(ask.token)}"
        body = None if ask.json is None else orjson.dumps(ask.json)
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._session.request(
            ask.method,
            url,
            data=body if body is not None else ask.form,
            headers=headers,
            # A redirect could lead to any host, and would take the token along.
            allow_redirects=False,
            timeout=self._timeout,
            middlewares=(_once,) if ask.changes else None,
        )


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a PUT by itself when a kept connection breaks: Sentry may have carried it out."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        lost = SentryUnreachable(type(error).__name__)
        lost.may_have_happened = True
        raise lost from error


def _unsure(ask: Ask, error: SentryError) -> SentryError:
    error.may_have_happened = ask.changes
    return error


def _header_value(token: str) -> str:
    if not (token.isascii() and token.isprintable()):
        raise WrongToken("not a token")
    return token


def _headers(headers: CIMultiDictProxy[str]) -> Mapping[str, str]:
    kept = ("Link", "Retry-After", "X-Sentry-Rate-Limit-")
    return CIMultiDict((name, value) for name, value in headers.items() if name.title().startswith(kept))


async def _read(response: aiohttp.ClientResponse, largest: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > largest:
            raise SentryAnswer(response.status, "the answer is too large")
    return bytes(body)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return None
