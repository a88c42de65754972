"""The token for the connector: the SDK exchanges the bot's identity for it, this room decides when."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable

import aiohttp
import orjson
import structlog
from botframework.connector.auth import AppCredentials

import metrics
from adapter.entra_http import EntraHttp
from adapter.errors import CredentialsError
from adapter.threads import in_thread
from adapter.token_exchange import exchange

# MSAL hands out a new token during the last five minutes of the old one, not before.
REFRESH_BEFORE = 290.0
UNUSABLE_BEFORE = 60.0
RETRY_AFTER = 10.0
# For so long Entra is not asked again whether it takes credentials that it has refused.
REFUSAL_STANDS = 3.0
EXCHANGE_WITHIN = 10.0
LIFE_OF_OPAQUE_TOKEN = 300.0

log = structlog.get_logger(__name__)


class ConnectorToken:
    """Exchanged off the loop, once for all who wait, ahead of its expiry.

    credentials: gives the SDK's credentials object. session: what Entra is reached over. clock: epoch seconds. within:
    seconds that an exchange may take.
    """

    def __init__(
        self,
        credentials: Callable[[], Awaitable[AppCredentials]],
        session: aiohttp.ClientSession,
        clock: Callable[[], float],
        within: float = EXCHANGE_WITHIN,
    ) -> None:
        self._credentials = credentials
        self._entra = EntraHttp(session, within)
        self._clock = clock
        self._within = within
        self._token = ""
        self._worthless = ""
        self._expires_at = 0.0
        self._tried_at = float("-inf")
        self._refusal = ""
        self._exchanging: asyncio.Task[None] | None = None

    async def get(self) -> str:
        """Return a token that is good for at least a minute; raises CredentialsError."""
        left = self._expires_at - self._clock()
        if left <= UNUSABLE_BEFORE:
            if self._refusal and self._clock() - self._tried_at < REFUSAL_STANDS:
                raise CredentialsError(self._refusal, refused=True)
            await asyncio.shield(self._start())
        elif left <= REFRESH_BEFORE and self._clock() - self._tried_at >= RETRY_AFTER:
            self._start()
        return self._token

    def refused(self, token: str) -> None:
        """Note that the connector did not take `token`: the next caller gets another one."""
        if token == self._token:
            self._worthless = token
            self._expires_at = 0.0

    async def close(self) -> None:
        """Let the exchange go."""
        if self._exchanging is not None:
            self._exchanging.cancel()
            await asyncio.gather(self._exchanging, return_exceptions=True)

    def _start(self) -> asyncio.Task[None]:
        if self._exchanging is None:
            self._tried_at = self._clock()
            self._exchanging = asyncio.create_task(self._exchange())
            self._exchanging.add_done_callback(self._exchanged)
        return self._exchanging

    def _exchanged(self, task: asyncio.Task[None]) -> None:
        self._exchanging = None
        error = None if task.cancelled() else task.exception()
        metrics.token_exchange(failed=error is not None)
        self._refusal = str(error) if isinstance(error, CredentialsError) and error.refused else ""
        if error is not None:
            log.error("no connector token", error=str(error))

    async def _exchange(self) -> None:
        credentials, worthless = await self._credentials(), self._worthless
        try:
            async with asyncio.timeout(self._within):
                token = await in_thread(lambda: exchange(credentials, worthless, self._entra), "token")
        except TimeoutError:
            raise CredentialsError(f"the token endpoint did not answer within {self._within:.0f} s") from None
        except Exception as error:  # MSAL, requests and the SDK each raise their own; all mean: no token
            raise CredentialsError(f"{type(error).__name__}: {error}", refused=_is_refusal(error)) from error
        self._token = token
        self._expires_at = expiry_of(token, default=self._clock() + LIFE_OF_OPAQUE_TOKEN)


def _is_refusal(error: Exception) -> bool:
    # The SDK's word for an error that Entra itself has answered.
    return isinstance(error, PermissionError)


def expiry_of(token: str, *, default: float) -> float:
    """Return the `exp` (epoch seconds) of a JWT, `default` for an opaque token."""
    try:
        payload = token.split(".")[1]
        expires_at = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return default
    return float(expires_at) if isinstance(expires_at, (int, float)) else default
