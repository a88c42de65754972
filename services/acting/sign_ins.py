"""Signing in with Sentry: a link that works once, bound to the person it was offered to and to one browser."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

import structlog
from itsdangerous import BadData, URLSafeSerializer

from sentry_api import Grant, OAuthClient, SentryApi, SentryError, authorization_url, new_verifier
from services.acting.people import Person
from store import SignIn, Store

log = structlog.get_logger(__name__)
LIFETIME = timedelta(minutes=15)
PERSON_SCOPES = (
    "event:read",
    "event:write",
    "member:read",
    "org:read",
    "project:read",
    "project:releases",
    "team:read",
    "openid",
    "profile",
    "email",
)
CALLBACK = "/sign-in/callback"
_SALT = "sentry-teams-bot.sign-in-state"
_LONGEST = 1000
_PARTS = 2


class SignInDead(Exception):
    """The link was used, is older than 15 minutes, was never ours, or another browser has come back with it."""


@dataclass(frozen=True, slots=True)
class ActingSettings:
    """Our applications in each Sentry, the keys that sign (the first signs), the bot's own address, and the clock."""

    clients: Sequence[OAuthClient]
    keys: Sequence[str] = field(repr=False)
    public_url: str
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Started:
    """A browser on its way to Sentry: `address` is where it goes, `cookie` what it has to come back with."""

    sign_in: SignIn
    address: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """A sign-in that was finished, and what Sentry gave for it."""

    sign_in: SignIn
    grant: Grant


class SignIns:
    """Offers sign-ins and finishes them."""

    def __init__(self, store: Store, sentry: SentryApi, settings: ActingSettings) -> None:
        self._store = store.identities
        self._sentry = sentry
        self._clients = {client.sentry_url: client for client in settings.clients}
        self._public_url = settings.public_url.rstrip("/")
        self._clock = settings.clock
        options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._serializer = URLSafeSerializer(list(reversed(settings.keys)), salt=_SALT, signer_kwargs=options)

    def possible(self, sentry_url: str) -> bool:
        """Tell whether people can sign in there."""
        return sentry_url in self._clients

    async def offer(self, person: Person, sentry_url: str, waiting: Mapping[str, object]) -> str:
        """Return the address at which the person signs in; `waiting` is what is to be done after it."""
        request = await self.begin(person, sentry_url, waiting)
        return f"{self._public_url}/sign-in/start?request={quote(request)}"

    async def begin(
        self,
        person: Person,
        sentry_url: str,
        waiting: Mapping[str, object],
        scopes: Sequence[str] = PERSON_SCOPES,
    ) -> str:
        """Return the name of a new sign-in."""
        request, now = secrets.token_urlsafe(24), self._clock()
        hidden = {"verifier": new_verifier(), "scopes": " ".join(scopes)}
        sign_in = SignIn(person.key(sentry_url), person.name, waiting, hidden, now + LIFETIME)
        await self._store.begin(_hash(request), sign_in, now)
        return request

    async def start(self, request: str, cookie: str = "") -> Started:
        """Return where a browser goes to sign in; raises SignInDead. cookie: what it holds from an earlier look."""
        sign_in = await self._store.look(_hash(request[:_LONGEST]), self._clock())
        client = self._clients.get(sign_in.person.sentry_url) if sign_in else None
        if sign_in is None or client is None:
            raise SignInDead
        cookie = cookie[:_LONGEST] or secrets.token_urlsafe(24)
        address = authorization_url(
            client,
            redirect_uri=f"{self._public_url}{CALLBACK}",
            state=self._serializer.dumps([request, _hash(cookie)]),
            verifier=sign_in.secrets["verifier"],
            scopes=sign_in.secrets["scopes"].split(),
        )
        return Started(sign_in, address, cookie)

    async def finish(self, state: str, cookie: str, code: str) -> Granted:
        """Return what Sentry grants for the code; uses the sign-in up. Raises SignInDead, or a SentryError.

        Sentry is asked first: when it cannot be reached, the same link can be used again.
        """
        request = self._request(state, cookie)
        sign_in = await self._store.look(_hash(request), self._clock())
        client = self._clients.get(sign_in.person.sentry_url) if sign_in else None
        if sign_in is None or client is None:
            raise SignInDead
        back, verifier = f"{self._public_url}{CALLBACK}", sign_in.secrets["verifier"]
        grant = await self._sentry.sign_in.exchange(client, code, redirect_uri=back, verifier=verifier)
        taken = await self._store.take(_hash(request), self._clock())
        if taken is None:
            await self._revoke(client, grant)
            raise SignInDead
        return Granted(taken, grant)

    async def give_back(self, granted: Granted) -> None:
        """End a grant that has served its purpose."""
        await self._revoke(self._clients[granted.sign_in.person.sentry_url], granted.grant)

    async def _revoke(self, client: OAuthClient, grant: Grant) -> None:
        try:
            await self._sentry.sign_in.revoke(client, grant.access_token)
        except SentryError as error:
            log.warning("token not revoked", sentry=client.sentry_url, error=str(error))

    def _request(self, state: str, cookie: str) -> str:
        try:
            parts = self._serializer.loads(state[:_LONGEST])
        except (BadData, UnicodeError) as error:
            raise SignInDead from error
        if not isinstance(parts, list) or len(parts) != _PARTS:
            raise SignInDead
        request, expected = str(parts[0]), str(parts[1])
        if not cookie or not hmac.compare_digest(expected, _hash(cookie[:_LONGEST])):
            raise SignInDead
        return request


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
