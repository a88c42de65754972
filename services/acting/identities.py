"""People's accounts in Sentry: their tokens, refreshed by one for all who wait, and given up when Sentry ends them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from sentry_api import Grant, NotFound, OAuthClient, SentryApi, SentryError, SignInRefused
from services.acting.people import Person
from store import Account, Identity, NewIdentity, PersonKey, SecretUnreadable, Store, Tokens

log = structlog.get_logger(__name__)
EARLY = timedelta(minutes=2)
"""So long before its end a token is refreshed."""

LEASE = timedelta(seconds=20)
PAUSE = 0.1


class Identities:
    """Who people in Teams are in Sentry. `clients`: our applications, by the address of their Sentry."""

    def __init__(
        self, store: Store, sentry: SentryApi, clients: Sequence[OAuthClient], clock: Callable[[], datetime]
    ) -> None:
        self._store = store.identities
        self._sentry = sentry
        self._clock = clock
        self._refreshing: dict[int, asyncio.Task[Identity | None]] = {}
        self.clients: Mapping[str, OAuthClient] = {client.sentry_url: client for client in clients}

    async def of(self, person: Person, sentry_url: str) -> Identity | None:
        """Return who the person is there, with a token that works; None if they have to sign in (again).

        Raises SentryError when Sentry could not be asked for a new token.
        """
        identity = await self._find(person.key(sentry_url))
        if identity is None or not self._ends(identity):
            return identity
        task = self._refreshing.get(identity.id)
        if task is None:
            task = self._refreshing[identity.id] = asyncio.create_task(self._renewed(identity))
            task.add_done_callback(lambda _: self._refreshing.pop(identity.id, None))
        return await asyncio.shield(task)

    async def all_of(self, person: Person) -> list[Identity]:
        """Return who the person is in every Sentry."""
        return await self._store.every(person.tenant_id, person.key("").object_id)

    async def keep(self, key: PersonKey, grant: Grant) -> Identity:
        """Remember who somebody is; raises SignInRefused when Sentry does not say."""
        user = grant.user or await self._sentry.sign_in.user(key.sentry_url, grant.access_token)
        tokens = Tokens(grant.access_token, grant.refresh_token, grant.expires_at)
        account = Account(user.id, user.name, user.email)
        return await self._store.keep(NewIdentity(key, account, tokens, self._clock()))

    async def forget(self, person: Person) -> list[Identity]:
        """Forget who the person is, everywhere, and tell Sentry; return what was known."""
        forgotten = await self._store.forget(person.tenant_id, person.key("").object_id)
        await asyncio.gather(*(self._revoke(identity) for identity in forgotten))
        return forgotten

    async def refused(self, identity: Identity) -> None:
        """Note that Sentry knows the identity's token no longer: the person has to sign in again."""
        log.info("identity ended", sentry=identity.person.sentry_url)
        await self._store.drop(identity)

    async def _find(self, key: PersonKey) -> Identity | None:
        try:
            return await self._store.find(key)
        except SecretUnreadable:
            log.warning("identity unreadable", sentry=key.sentry_url)
            return None

    def _ends(self, identity: Identity) -> bool:
        end = identity.tokens.expires_at
        return end is not None and end - EARLY <= self._clock()

    async def _renewed(self, identity: Identity) -> Identity | None:
        """Refresh, or wait for the process that does."""
        deadline = self._clock() + LEASE
        while self._clock() < deadline:
            now = self._clock()
            if await self._store.claim_refresh(identity, now, now + LEASE):
                return await self._refresh(identity)
            await asyncio.sleep(PAUSE)
            found = await self._store.find(identity.person)
            if found is None or not self._ends(found):
                return found
        return None

    async def _refresh(self, identity: Identity) -> Identity | None:
        client = self.clients.get(identity.person.sentry_url)
        if client is None or not identity.tokens.refresh:
            await self.refused(identity)
            return None
        try:
            grant = await self._sentry.sign_in.refresh(client, identity.tokens.refresh)
        except SignInRefused:
            await self.refused(identity)
            return None
        except SentryError:
            await self._store.release_refresh(identity)
            raise
        tokens = Tokens(grant.access_token, grant.refresh_token or identity.tokens.refresh, grant.expires_at)
        await self._store.renew(identity, tokens)
        return await self._store.find(identity.person)

    async def _revoke(self, identity: Identity) -> None:
        client = self.clients.get(identity.person.sentry_url)
        if client is None:
            return
        try:
            await self._sentry.sign_in.revoke(client, identity.tokens.refresh or identity.tokens.access)
        except NotFound:
            log.info("this Sentry revokes nothing", sentry=client.sentry_url)
        except SentryError as error:
            log.warning("token not revoked", sentry=client.sentry_url, error=str(error))
