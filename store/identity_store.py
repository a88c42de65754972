"""What the services may ask of people's accounts. Each method is one transaction in a worker thread of the store."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from model import ConversationReference, Place, PlaceKind
from store import audit, identities, mentions
from store.audit import AuditEntry
from store.delivery_facts import NewDelivery
from store.identity_facts import Identity, NewIdentity, PersonKey, SignIn, Tokens
from store.mentions import Mention
from store.secrets import Cipher
from store.tables import connections, installations
from store.transaction import Transaction
from store.worker import ALONE, Worker

CHAT_OF = (
    select(installations.c.service_url, installations.c.conversation_id)
    .where(
        installations.c.tenant_id == bindparam("tenant"),
        installations.c.kind == PlaceKind.PERSONAL.value,
        installations.c.user_id == bindparam("user"),
        installations.c.removed_at.is_(None),
    )
    .order_by(installations.c.id.desc())
    .limit(1)
)
MAY_ANYBODY = select(connections.c.anybody_may_act).where(connections.c.id == bindparam("connection"))
LET_ANYBODY = (
    update(connections).where(connections.c.id == bindparam("connection")).values(anybody_may_act=bindparam("allowed"))
)


class IdentityStore:
    """People, and what they do. Any method may raise StoreUnavailable, those that return tokens SecretUnreadable."""

    def __init__(self, writer: Worker, reader: Worker, cipher: Cipher) -> None:
        self._writer = writer
        self._reader = reader
        self._cipher = cipher

    async def keep(self, new: NewIdentity) -> Identity:
        """Remember who somebody is in a Sentry, instead of who they were before."""
        return await self._writer.run(lambda transaction: identities.keep(transaction, self._cipher, new))

    async def find(self, person: PersonKey) -> Identity | None:
        """Return who somebody is in that Sentry; None if that is not known."""
        return await self._reader.run(lambda transaction: identities.find(transaction, self._cipher, person))

    async def who(self, tenant_id: str, sentry_url: str, sentry_user_id: str) -> Identity | None:
        """Return who in the tenant has that account in Sentry, who linked it last; None if that is not known."""
        return await self._reader.run(
            lambda transaction: identities.who(transaction, self._cipher, tenant_id, sentry_url, sentry_user_id)
        )

    async def called(self, tenant_id: str, sentry_url: str, names: Sequence[str]) -> list[str]:
        """Return which of the names and addresses people in the tenant have in their accounts there."""
        return await self._reader.run(
            lambda transaction: identities.called(transaction, tenant_id, sentry_url, list(names))
        )

    async def take_turn(self, mention: Mention, news: NewDelivery | None) -> bool:
        """Note whose turn it is now, and post the news of it; False, and no news, if that was known."""
        return await self._writer.run(lambda transaction: mentions.turn(transaction, mention, news), ALONE)

    async def where_mentioned(self, mention: Mention) -> str:
        """Note that somebody is mentioned, and return in which conversation: the first one that anybody noted."""
        return await self._writer.run(lambda transaction: mentions.where(transaction, mention), ALONE)

    async def every(self, tenant_id: str, object_id: str) -> list[Identity]:
        """Return who somebody is in every Sentry."""
        return await self._reader.run(
            lambda transaction: identities.every(transaction, self._cipher, tenant_id, object_id)
        )

    async def forget(self, tenant_id: str, object_id: str) -> list[Identity]:
        """Forget who somebody is everywhere; return what was known."""
        return await self._writer.run(
            lambda transaction: identities.forget(transaction, self._cipher, tenant_id, object_id)
        )

    async def drop(self, identity: Identity) -> None:
        """Forget an identity whose grant ended, unless it was granted anew since."""
        await self._writer.run(lambda transaction: identities.drop(transaction, identity))

    async def claim_refresh(self, identity: Identity, now: datetime, until: datetime) -> bool:
        """Let the caller be the only one, of all processes, to refresh until then; False if somebody else is."""
        return await self._writer.run(lambda transaction: identities.claim(transaction, identity, now, until))

    async def renew(self, identity: Identity, tokens: Tokens) -> None:
        """Store the tokens that a refresh gave."""
        await self._writer.run(lambda transaction: identities.renew(transaction, self._cipher, identity, tokens))

    async def release_refresh(self, identity: Identity) -> None:
        """Give up refreshing; somebody else may try at once."""
        await self._writer.run(lambda transaction: identities.release(transaction, identity))

    async def begin(self, key: str, sign_in: SignIn, now: datetime) -> None:
        """Remember a sign-in under `key`."""
        await self._writer.run(lambda transaction: identities.begin(transaction, self._cipher, key, sign_in, now))

    async def look(self, key: str, now: datetime) -> SignIn | None:
        """Return a sign-in that still works; None for any other."""
        return await self._reader.run(lambda transaction: identities.look(transaction, self._cipher, key, now))

    async def take(self, key: str, now: datetime) -> SignIn | None:
        """Use up a sign-in and return it; None if it does not work (any more). Only one caller ever gets it."""
        return await self._writer.run(lambda transaction: identities.take(transaction, self._cipher, key, now))

    async def chat_of(self, tenant_id: str, user_id: str) -> ConversationReference | None:
        """Return somebody's own chat with the bot; None if it is not known."""

        def operation(transaction: Transaction) -> ConversationReference | None:
            row = transaction.one(CHAT_OF, {"tenant": tenant_id, "user": user_id})
            return row and ConversationReference(row.service_url, row.conversation_id, tenant_id)

        return await self._reader.run(operation)

    async def may_anybody_act(self, connection_id: int) -> bool:
        """Return whether people without an account of theirs may change issues there, as the integration."""

        def operation(transaction: Transaction) -> bool:
            row = transaction.one(MAY_ANYBODY, {"connection": connection_id})
            return row is not None and bool(row.anybody_may_act)

        return await self._reader.run(operation)

    async def let_anybody_act(self, connection_id: int, *, allowed: bool) -> None:
        """Allow that, or forbid it."""
        values = {"connection": connection_id, "allowed": allowed}
        await self._writer.run(lambda transaction: transaction.execute(LET_ANYBODY, values).close())

    async def audit(self, place: Place, entry: AuditEntry) -> None:
        """Add to the audit trail of a place."""
        await self._writer.run(lambda transaction: audit.note(transaction, place, entry))
