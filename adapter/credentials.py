"""The bot's own identity: the SDK exchanges it for a connector token, this room decides when."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import structlog
from botframework.connector.auth import (
    AppCredentials,
    CertificateServiceClientCredentialsFactory,
    ManagedIdentityServiceClientCredentialsFactory,
    PasswordServiceClientCredentialFactory,
    ServiceClientCredentialsFactory,
)

from adapter.certificate import private_key_of
from adapter.errors import CredentialsError
from settings import AppType, Settings

# MSAL hands out a new token during the last five minutes of the old one, not before.
REFRESH_BEFORE = 290.0
UNUSABLE_BEFORE = 60.0
RETRY_AFTER = 10.0
EXCHANGE_WITHIN = 10.0
LIFE_OF_OPAQUE_TOKEN = 300.0

log = structlog.get_logger(__name__)


def sdk_credentials_factory(settings: Settings) -> ServiceClientCredentialsFactory:
    """Return the SDK's factory for the way the bot is registered (none in local mode: authentication is off).

    Raises CredentialsError for a certificate that cannot be read.
    """
    tenant = None if settings.app_type is AppType.MULTI_TENANT else settings.app_tenant_id
    if settings.app_type is AppType.USER_ASSIGNED_MSI and settings.app_id:
        return ManagedIdentityServiceClientCredentialsFactory(settings.app_id)
    if settings.certificate_path is not None:
        return CertificateServiceClientCredentialsFactory(
            settings.certificate_thumbprint, private_key_of(settings.certificate_path), settings.app_id, tenant
        )
    return PasswordServiceClientCredentialFactory(settings.app_id or "", settings.app_password, tenant)


class CachedCredentials(ServiceClientCredentialsFactory):  # type: ignore[misc]  # the SDK has no types
    """One credentials object, and so one MSAL cache, for each (app id, scope, authority).

    The SDK makes a new one every turn. An app id that is not ours is refused by the wrapped factory before anything
    is kept: that refusal is what stops a turn that carries somebody else's token.
    """

    def __init__(self, inner: ServiceClientCredentialsFactory) -> None:
        self._inner = inner
        self._kept: dict[tuple[str, str, str, bool], AppCredentials] = {}

    async def is_valid_app_id(self, app_id: str) -> bool:
        """Say whether `app_id` is the bot's."""
        return bool(await self._inner.is_valid_app_id(app_id))

    async def is_authentication_disabled(self) -> bool:
        """Say whether the bot has no identity at all (local mode)."""
        return bool(await self._inner.is_authentication_disabled())

    async def create_credentials(
        self,
        app_id: str,
        oauth_scope: str,
        login_endpoint: str,
        validate_authority: bool,  # noqa: FBT001 - the SDK's signature
    ) -> AppCredentials:
        """Return the credentials of `app_id`, the same object each time."""
        key = (app_id, oauth_scope, login_endpoint, validate_authority)
        if key not in self._kept:
            self._kept[key] = await self._inner.create_credentials(*key)
        return self._kept[key]


class ConnectorToken:
    """The token for the connector: exchanged off the loop, once for all who wait, ahead of its expiry.

    credentials: makes the SDK's credentials object. clock: epoch seconds.
    """

    def __init__(self, credentials: Callable[[], Any], clock: Callable[[], float]) -> None:
        self._credentials = credentials
        self._clock = clock
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="token")
        self._token = ""
        self._expires_at = 0.0
        self._tried_at = float("-inf")
        self._exchanging: asyncio.Task[None] | None = None

    async def get(self) -> str:
        """Return a token that is good for at least a minute; raises CredentialsError."""
        left = self._expires_at - self._clock()
        if left <= UNUSABLE_BEFORE:
            await asyncio.shield(self._start())
        elif left <= REFRESH_BEFORE and self._clock() - self._tried_at >= RETRY_AFTER:
            self._start()
        return self._token

    def refused(self, token: str) -> None:
        """Note that the connector did not take `token`: the next caller gets another one."""
        if token == self._token:
            self._expires_at = 0.0

    async def close(self) -> None:
        """Let the exchange and its thread go."""
        if self._exchanging is not None:
            self._exchanging.cancel()
            await asyncio.gather(self._exchanging, return_exceptions=True)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> asyncio.Task[None]:
        if self._exchanging is None:
            self._tried_at = self._clock()
            self._exchanging = asyncio.create_task(self._exchange())
            self._exchanging.add_done_callback(self._exchanged)
        return self._exchanging

    def _exchanged(self, task: asyncio.Task[None]) -> None:
        self._exchanging = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("no connector token", error=str(error))

    async def _exchange(self) -> None:
        credentials = await self._credentials()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(EXCHANGE_WITHIN):
                token = await loop.run_in_executor(self._executor, credentials.get_access_token)
        except TimeoutError:
            self._replace_executor()
            raise CredentialsError(f"the token endpoint did not answer within {EXCHANGE_WITHIN:.0f} s") from None
        except Exception as error:  # MSAL, requests and the SDK each raise their own; all mean: no token
            raise CredentialsError(f"{type(error).__name__}: {error}") from error
        self._token = token
        self._expires_at = expiry_of(token, default=self._clock() + LIFE_OF_OPAQUE_TOKEN)

    def _replace_executor(self) -> None:
        # Its thread still hangs in a blocking call; the next exchange must not queue behind it.
        self._executor.shutdown(wait=False)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="token")


def expiry_of(token: str, *, default: float) -> float:
    """Return the `exp` (epoch seconds) of a JWT, `default` for an opaque token."""
    try:
        payload = token.split(".")[1]
        expires_at = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return default
    return float(expires_at) if isinstance(expires_at, (int, float)) else default
