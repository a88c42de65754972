"""The SDK's authentication, wrapped: it still validates every token; what it raises becomes one of our refusals."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt
import structlog
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConfiguration,
    BotFrameworkAuthentication,
    BotFrameworkAuthenticationFactory,
    ClaimsIdentity,
    ConnectorFactory,
    JwtTokenExtractor,
    ServiceClientCredentialsFactory,
    UserTokenClient,
)

from adapter.clouds import Cloud
from adapter.refusals import Refused, forbidden, unauthorized
from adapter.signing_keys import SigningKeys

REMEMBER_FOR = 300.0
MOST_REMEMBERED = 10_000

log = structlog.get_logger(__name__)


def sdk_authentication(
    credentials: ServiceClientCredentialsFactory, cloud: Cloud, app_id: str | None, keys: SigningKeys | None
) -> BotFrameworkAuthentication:
    """Return the SDK's authentication for `cloud`, looking for keys in `keys` (None in local mode)."""
    if keys is not None:
        JwtTokenExtractor.metadataCache[cloud.openid_metadata_url] = keys
    return BotFrameworkAuthenticationFactory.create(
        channel_service=cloud.channel_service,
        credential_factory=credentials,
        auth_configuration=AuthenticationConfiguration(
            required_endorsements=["msteams"], claims_validator=_only_the_channel(cloud.issuer, app_id)
        ),
    )


def _only_the_channel(issuer: str, app_id: str | None) -> Callable[[Any], Any] | None:
    """Return a second net behind the SDK, whose emulator path takes the bot's own token for a channel's."""
    if app_id is None:
        return None

    async def validate(claims: dict[str, object]) -> None:
        if claims.get("iss") != issuer or claims.get("aud") != app_id:
            raise PermissionError("not a token of the channel")

    return validate


_Key = tuple[bytes, str, str]


@dataclass(frozen=True, slots=True)
class _Verified:
    claims: dict[str, object]
    audience: str
    caller_id: str | None
    until: float


class ChannelAuthentication(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK has no types
    """Validates requests through `inner`, remembers what was valid, and hands out our connectors.

    A verified token is remembered for its whole text, its channel and its service URL together, for five minutes at
    most and never past its expiry. clock: epoch seconds. most: how many tokens are remembered.
    """

    def __init__(
        self,
        inner: BotFrameworkAuthentication,
        connectors: ConnectorFactory,
        clock: Callable[[], float],
        most: int = MOST_REMEMBERED,
    ) -> None:
        self._inner = inner
        self._connectors = connectors
        self._clock = clock
        self._most = most
        self._verified: OrderedDict[_Key, _Verified] = OrderedDict()
        self._validating: dict[_Key, asyncio.Future[_Verified]] = {}

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        """Return who sent `activity`; raises Refused."""
        key = (sha256(auth_header.encode()).digest(), activity.channel_id, activity.service_url)
        verified = self._verified.get(key)
        if verified is None or verified.until <= self._clock():
            verified = await self._validate_once(key, activity, auth_header)
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(verified.claims), True)
        result.audience = verified.audience
        result.caller_id = verified.caller_id
        result.connector_factory = self._connectors
        return result

    async def _validate_once(self, key: _Key, activity: Activity, auth_header: str) -> _Verified:
        """Validate a token once for all requests that came with it at the same time."""
        validating = self._validating.get(key)
        if validating is None:
            validating = asyncio.ensure_future(self._validate(activity, auth_header))
            self._validating[key] = validating
            validating.add_done_callback(lambda done: self._validated(key, done))
        return await asyncio.shield(validating)

    def _validated(self, key: _Key, done: asyncio.Future[_Verified]) -> None:
        del self._validating[key]
        if not done.cancelled() and done.exception() is None:
            self._remember(key, done.result())

    async def _validate(self, activity: Activity, auth_header: str) -> _Verified:
        try:
            result = await self._inner.authenticate_request(activity, auth_header)
        except Refused:
            raise
        except (PermissionError, jwt.PyJWTError) as error:
            raise unauthorized(f"token_{type(error).__name__}") from error
        except Exception as error:
            if "endorsement" in str(error):
                raise forbidden("endorsement", "the signing key is not endorsed for Microsoft Teams") from error
            log.exception("the SDK could not judge a token")
            raise unauthorized("token_not_judged") from error
        claims = dict(result.claims_identity.claims)
        expires_at = claims.get("exp", self._clock() + REMEMBER_FOR)
        return _Verified(claims, result.audience, result.caller_id, min(expires_at, self._clock() + REMEMBER_FOR))

    def _remember(self, key: _Key, verified: _Verified) -> None:
        self._verified[key] = verified
        self._verified.move_to_end(key)
        if len(self._verified) > self._most:
            self._verified.popitem(last=False)

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:  # noqa: ARG002
        """Refuse: Teams does not stream, and the SDK's streaming path checks no service URL."""
        raise forbidden("streaming", "streaming connections are not served")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:  # noqa: ARG002
        """Return the factory of pooled connectors."""
        return self._connectors

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> UserTokenClient | None:  # noqa: ARG002
        """Return none: this bot signs people in at Sentry, not through the Bot Framework's token service."""
        return None
