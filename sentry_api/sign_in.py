"""Sign in with Sentry: OAuth's authorization code with PKCE (S256)."""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from yarl import URL

from sentry_api.caller import Caller
from sentry_api.errors import SentryAnswer, SentryError, SentryRejected, SignInRefused, WrongToken
from sentry_api.people import SentryUser, user_from
from sentry_api.values import count, line, mapping, moment
from sentry_api.wire import Ask

_LONGEST_TOKEN = 2000
_REFUSED = frozenset({"invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "invalid_scope"})


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Our application as it is registered in the Sentry at `sentry_url`."""

    sentry_url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person granted. The refresh token works once: the next grant has the next one.

    `expires_at` is None when Sentry names no end; `user` is None only if Sentry does not say who signed in.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime | None
    scopes: frozenset[str]
    user: SentryUser | None


def new_verifier() -> str:
    """Return a fresh secret for one sign-in (PKCE's code verifier)."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """Return what of the verifier goes into the address (S256)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def authorization_url(
    client: OAuthClient, *, redirect_uri: str, state: str, verifier: str, scopes: Iterable[str]
) -> str:
    """Return where the person is sent; Sentry sends them on to `redirect_uri` with `state` and `code` or `error`."""
    parameters = {
        "client_id": client.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return str(URL(f"{client.sentry_url}/oauth/authorize/").with_query(parameters))


class SignIn:
    """Turns codes into tokens. Nothing here is repeated when the outcome is unknown: a code works once."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def exchange(self, client: OAuthClient, code: str, *, redirect_uri: str, verifier: str) -> Grant:
        """Return what the code stands for; raises SignInRefused (invalid_grant: used, expired, or not ours)."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self._grant(client, {**form, "code_verifier": verifier})

    async def refresh(self, client: OAuthClient, refresh_token: str) -> Grant:
        """Return the next grant; raises SignInRefused (invalid_grant: the person has to sign in again)."""
        return await self._grant(client, {"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def revoke(self, client: OAuthClient, token: str) -> None:
        """Make an access or refresh token, and the one that came with it, worthless; unknown ones do no harm.

        Sentry's published documents do not describe /oauth/revoke/; its program has it since 2023. An installation
        without it raises NotFound.
        """
        await self._post(client, "/oauth/revoke/", {"token": token})

    async def user(self, sentry_url: str, access_token: str) -> SentryUser:
        """Return whose token it is; needs the scope openid (name and e-mail: profile, email).

        For where a grant named nobody. Raises WrongToken when the token is no person's.
        """
        reply = await self._caller.call(sentry_url, Ask("GET", "/oauth/userinfo/", access_token))
        user = user_from(reply.data)
        if user is None:
            raise WrongToken("nobody's token")
        return user

    async def _grant(self, client: OAuthClient, form: dict[str, str]) -> Grant:
        return grant_from(await self._post(client, "/oauth/token/", form), datetime.fromtimestamp(self._now(), UTC))

    def _now(self) -> float:
        return self._caller.clocks.wall()

    async def _post(self, client: OAuthClient, path: str, form: dict[str, str]) -> Any:
        identified = {"client_id": client.client_id, "client_secret": client.client_secret, **form}
        try:
            return (await self._caller.call(client.sentry_url, Ask("POST", path, form=identified))).data
        except (SentryRejected, WrongToken) as error:
            raise _refused(error) from error


def grant_from(data: Any, now: datetime) -> Grant:
    """Build the grant from the token endpoint's JSON; raises SentryAnswer when it holds no token."""
    found = mapping(data)
    token, refresh = _token(found.get("access_token")), _token(found.get("refresh_token"))
    if not token:
        raise SentryAnswer(200, "the answer holds no token")
    seconds = count(found.get("expires_in"))
    # The clocks of the two sides may differ: how long it lasts is safer than when it ends.
    end = moment(found.get("expires_at")) if seconds is None else now + timedelta(seconds=min(seconds, 10**9))
    return Grant(token, refresh, end, frozenset(line(found.get("scope"), 2000).split()), user_from(found.get("user")))


def _token(value: Any) -> str:
    fits = isinstance(value, str) and len(value) <= _LONGEST_TOKEN and value.isascii() and value.isprintable()
    return value if fits else ""


def _refused(error: SentryError) -> SignInRefused:
    fields = error.fields if isinstance(error, SentryRejected) else {}
    words = [*error.detail.split("; "), *fields.values()]
    code = next((word for word in words if word in _REFUSED), "invalid_client")
    return SignInRefused(code, fields.get("error_description", "") or error.detail)
