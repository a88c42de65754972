"""The client of Sentry's REST API: bounded in time and size, and only ever towards the Sentrys that are listed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import orjson
from yarl import URL

from sentry_api.errors import (
    MissingPermission,
    SentryAnswer,
    SentryError,
    SentryNotListed,
    SentrySlow,
    SentryUnreachable,
    UnknownOrganization,
    WrongToken,
)
from sentry_api.organizations import Organization, is_slug, organization_from

TIME_LIMIT = 10.0
CONNECT_LIMIT = 5.0
SIZE_LIMIT = 1024 * 1024
_OK = 200
_LONGEST_DETAIL = 300
_REFUSALS: Mapping[int, type[SentryError]] = {401: WrongToken, 403: MissingPermission, 404: UnknownOrganization}


class SentryApi:
    """Calls the Sentry installations in `allowed` (base addresses without a slash at the end), and no other host.

    `session` must keep no cookies: it is shared by every organization. `time_limit` covers a whole call,
    `connect_limit` the making of a connection; both in seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        allowed: Sequence[str],
        *,
        time_limit: float = TIME_LIMIT,
        connect_limit: float = CONNECT_LIMIT,
    ) -> None:
        self._session = session
        self.allowed = tuple(allowed)
        self._time_limit = time_limit
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect_limit)

    async def organization(self, base_url: str, slug: str, token: str) -> Organization:
        """Return the organization with this slug as the token may see it; raises a SentryError."""
        if not is_slug(slug):
            raise UnknownOrganization("not a slug")
        # Without detailed=0 Sentry adds every project and team, which takes seconds and megabytes where there are many.
        answer = await self._get(base_url, f"/api/0/organizations/{slug}/?detailed=0", token)
        return organization_from(answer, base_url)

    async def _get(self, base_url: str, path: str, token: str) -> Any:
        if base_url not in self.allowed:
            raise SentryNotListed(base_url)
        status, body = await self._exchange(URL(base_url + path, encoded=True), token)
        answer = _json(body)
        if status != _OK:
            raise _refusal(status, answer)
        if answer is None:
            raise SentryAnswer(status, "the answer is not JSON")
        return answer

    async def _exchange(self, url: URL, token: str) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(self._time_limit), self._request(url, token) as response:
                return response.status, await _read(response)
        except aiohttp.ConnectionTimeoutError as error:
            raise SentryUnreachable("no connection in time") from error
        except TimeoutError as error:
            raise SentrySlow(f"no answer within {self._time_limit:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SentryUnreachable(type(error).__name__) from error

    def _request(self, url: URL, token: str) -> "aiohttp.client._RequestContextManager":
        if not (token.isascii() and token.isprintable()):
            raise WrongToken("not a token")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": "sentry-teams-bot"}
        # A redirect could lead to any host, and would take the token along.
        return self._session.get(url, headers=headers, allow_redirects=False, timeout=self._timeout)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > SIZE_LIMIT:
            raise SentryAnswer(response.status, "the answer is too large")
    return bytes(body)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return None


def _refusal(status: int, answer: Any) -> SentryError:
    detail = answer.get("detail") if isinstance(answer, dict) else None
    text = detail[:_LONGEST_DETAIL] if isinstance(detail, str) else ""
    refusal = _REFUSALS.get(status)
    return refusal(text) if refusal else SentryAnswer(status, text)
