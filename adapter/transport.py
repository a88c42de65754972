"""One call to the connector: token, time limit, retries; an answer or a ConnectorError."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from yarl import URL

import metrics
import tracing
from adapter import retries
from adapter.errors import ConnectorError, CredentialsError
from adapter.http import read_at_most
from adapter.retries import Attempt

WITHIN = 10.0
LARGEST_ANSWER = 4 * 1024 * 1024
JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the connector answered with success."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ConnectorTransport:
    """Makes calls over the shared session; `token` gives the bearer token, None in local mode."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: Callable[[], Awaitable[str]] | None,
        token_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._session = session
        self._token = token
        self._token_refused = token_refused

    async def call(
        self, method: str, url: str, body: bytes | None = None, *, within: float = WITHIN, repeat: bool = True
    ) -> Answer:
        """Make a call for at most `within` seconds; raises ConnectorError.

        repeat: make it again where that is safe; else only once more with a new token when the old one was refused.
        """
        with tracing.span(f"connector {method}"):
            try:
                answer = await self._call(method, url, body, within, repeat=repeat)
            except ConnectorError as error:
                metrics.connector_call(method, _outcome(error))
                raise
            metrics.connector_call(method, "ok")
            return answer

    async def ready(self, within: float = WITHIN) -> None:
        """Return as soon as a call would be made without delay, or when it is clear that there is no token now."""
        with suppress(CredentialsError, TimeoutError):
            async with asyncio.timeout(within):
                if self._token:
                    await self._token()

    async def _call(self, method: str, url: str, body: bytes | None, within: float, *, repeat: bool) -> Answer:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        number, renewed = 0, self._token is None
        while True:
            number += 1
            sent, error = await self._attempt(method, url, body, deadline)
            if isinstance(error, Answer):
                return error
            if error.status == HTTPStatus.UNAUTHORIZED and not renewed:
                renewed = True
                continue
            attempt = Attempt(method, number, sent=sent)
            wait = retries.wait_before_retry(attempt, error, deadline - loop.time(), random.random())  # noqa: S311
            if wait is None or not repeat:
                raise error
            await asyncio.sleep(wait)

    async def _attempt(
        self, method: str, url: str, body: bytes | None, deadline: float
    ) -> tuple[bool, Answer | ConnectorError]:
        token: str | None = None
        try:
            async with asyncio.timeout_at(deadline):
                token = await self._token() if self._token else ""
                async with self._session.request(
                    method,
                    URL(url, encoded=True),
                    data=body,
                    headers=_headers(token),
                    allow_redirects=False,
                    timeout=NO_LIMIT,
                ) as answer:
                    content = await read_at_most(answer.content, LARGEST_ANSWER)
        except CredentialsError as error:
            if error.refused:  # asking again at once would get the same answer
                raise _no_token(str(error)) from error
            return False, _no_token(str(error))
        except NOT_SENT as error:
            return False, _no_answer(error, sent=False)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            if token is None:
                return False, _no_token("there was no token in time")
            return True, _no_answer(error, sent=True)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token_refused(token)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return True, Answer(answer.status, answer.headers, content)
        return True, error_of(answer.status, answer.headers, content, datetime.now(UTC))


# The connection, or the proxy's tunnel, did not come about.
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
# The deadline of the whole call is kept around it; the connection limit is the session's.
NO_LIMIT = aiohttp.ClientTimeout(total=None, connect=5.0)


def _headers(token: str) -> dict[str, str]:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return {**JSON_HEADERS, **tracing.headers(), **bearer}


def _no_token(why: str) -> ConnectorError:
    return ConnectorError(None, "CredentialsError", why, retryable=True)


def _outcome(error: ConnectorError) -> str:
    return str(error.status) if error.status else "no_token" if error.code == "CredentialsError" else "no_answer"


def error_of(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> ConnectorError:
    """Return what an answer without success says, whatever its body is."""
    code, message = _error_fields(body)
    return ConnectorError(
        status,
        code,
        message,
        retryable=retries.is_retryable(status),
        retry_after=retries.retry_after(headers.get("Retry-After"), now),
        maybe_delivered=retries.may_be_taken(status, sent=True),
    )


def _no_answer(error: BaseException, *, sent: bool) -> ConnectorError:
    kind = type(error).__name__
    return ConnectorError(
        None, kind, str(error)[:200], retryable=True, maybe_delivered=retries.may_be_taken(None, sent=sent)
    )


def _error_fields(body: bytes) -> tuple[str, str]:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return "", str(value.get("message", ""))[:200] if isinstance(value, dict) else ""
    return str(error.get("code") or "")[:100], str(error.get("message") or "")[:200]
