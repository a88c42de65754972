"""The store: what the services may ask of it. Each method is one transaction in a worker thread."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import text

from model import Arrival, Connection, Installation, Place
from store import arrivals, audit, connections, installations, reach, rows, seen
from store.alert_store import AlertStore
from store.audit import AuditEntry
from store.connections import OrganizationAccess
from store.database import database_of
from store.delivery_store import DeliveryStore
from store.identity_store import IdentityStore
from store.limits import CALL_WAIT, DATABASE_SHARE, GATHER
from store.link import Link
from store.migrate import migrate
from store.operator_store import OperatorStore
from store.secrets import Cipher
from store.transaction import Transaction
from store.worker import ALONE, Worker

ANSWER = text("SELECT 1")


class Store:
    """Installations and what they are connected to.

    `deliveries` is what will be posted, `alerts` what Sentry tells and who listens,
    `operator` what whoever runs the bot may see and do.

    Any method may raise StoreUnavailable; times carry their zone. A caller that is cancelled disturbs nobody; whether
    its call was carried out is then unknown.
    """

    def __init__(self, writer: Worker, reader: Worker, cipher: Cipher) -> None:
        self._writer = writer
        self._reader = reader
        self._cipher = cipher
        self.deliveries = DeliveryStore(writer, reader)
        self.identities = IdentityStore(writer, reader, cipher)
        self.alerts = AlertStore(writer, reader, cipher)
        self.operator = OperatorStore(writer, reader, cipher)

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        cipher_keys: Sequence[str],
        password: Callable[[], str] | None = None,
        connections: int = 4,
        wait: float = CALL_WAIT,
    ) -> Self:
        """Open the database that `url` names (sqlite:///file or postgresql://…) and bring its tables up to date.

        cipher_keys: what secrets are encrypted with; the first encrypts, all decrypt. password: gives PostgreSQL's for
        each new connection (it may block), None when the URL holds it. connections: how many this
        process keeps to PostgreSQL. wait: seconds after which a caller gets StoreUnavailable. Raises ValueError for a
        URL or keys that cannot work, StoreError otherwise.
        """
        cipher = Cipher(cipher_keys)
        database = database_of(url, connections, wait * DATABASE_SHARE, password)
        await asyncio.to_thread(migrate, database)
        writing = [Link(database, database.writers) for _ in range(database.writing_threads)]
        reading = [Link(database, database.readers) for _ in range(database.reading_threads)]
        writer = Worker(writing, "store-writer", wait, GATHER)
        return cls(writer, Worker(reading, "store-reader", wait), cipher)

    async def close(self) -> None:
        """Finish what waits and close the connections."""
        await self._writer.close()
        await self._reader.close()

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._reader.run(lambda transaction: transaction.execute(ANSWER, {}).close())

    async def arrive(self, arrival: Arrival, nonce: str, now: datetime) -> Installation | None:
        """Record that the bot was added; return the installation if the caller is the one to welcome it.

        That is so for a new place, for one that was removed before `arrival.at`, and for one whose welcome somebody
        else took on more than a minute ago and never sent. Build the link from the installation's own
        `setup_nonce`, which is `nonce` only for a fresh start.
        """
        return await self._writer.run(
            lambda transaction: arrivals.arrive(transaction, arrival, nonce, now), _order(arrival.place)
        )

    async def welcomed(self, installation_id: int, activity_id: str, now: datetime) -> None:
        """Note that the welcome was sent, and as which activity."""
        await self._writer.run(
            lambda transaction: arrivals.welcomed(transaction, installation_id, activity_id, now),
            _order_of_row(installation_id),
        )

    async def pending_welcomes(self, older_than: datetime, limit: int) -> list[Installation]:
        """Return installations whose welcome was due before `older_than`, was not sent, and is in no delivery."""
        return await self._reader.run(lambda transaction: arrivals.pending(transaction, older_than, limit))

    async def remove(self, place: Place, at: datetime, actor: str) -> bool:
        """Forget the installation in `place` with its links and secrets.

        False if there is none or it was added again after `at`. Adds that are not newer than `at` are refused from now
        on, even if this is the first that is heard of the place.
        """
        return await self._writer.run(lambda transaction: installations.remove(transaction, place, at, actor), ALONE)

    async def rename(self, place: Place, name: str) -> None:
        """Store the new name of a place."""
        await self._writer.run(lambda transaction: installations.rename(transaction, place, name), _order(place))

    async def heard(self, place: Place, service_url: str) -> None:
        """Note that something came from a place: it can be reached (again), and there."""
        await self._writer.run(lambda transaction: reach.heard(transaction, place, service_url), _order(place))

    async def unreachable(self, place: Place, why: str, now: datetime) -> None:
        """Note that nothing can be posted in a place until something is heard from it."""
        await self._writer.run(lambda transaction: reach.unreachable(transaction, place, why, now), _order(place))

    async def begin_turn(self, place: Place, service_url: str, activity: str) -> bool:
        """As `heard`; and False if the activity of that name was carried out already, or is being."""

        def operation(transaction: Transaction) -> bool:
            reach.heard(transaction, place, service_url)
            return seen.begin(transaction, activity)

        return await self._writer.run(operation, _order(place))

    async def turn_done(self, activity: str) -> None:
        """Note that the turn of an activity was carried out."""
        await self._writer.run(lambda transaction: seen.done(transaction, activity), f"~~~{activity}")

    async def turn_failed(self, activity: str) -> None:
        """Note that the turn of an activity failed: sent again, it is a new one."""
        await self._writer.run(lambda transaction: seen.forget(transaction, activity), f"~~~{activity}")

    async def find(self, place: Place) -> Installation | None:
        """Return the installation in `place` with its connection; None if there is none."""
        return await self._reader.run(lambda transaction: rows.find(transaction, place))

    async def new_setup_link(self, place: Place, nonce: str) -> Installation | None:
        """Let the link that `nonce` names be the only one that works; None if the bot is not in `place`."""
        return await self._writer.run(
            lambda transaction: installations.new_setup_link(transaction, place, nonce), _order(place)
        )

    async def connect(  # noqa: PLR0913, PLR0917 - what a setup gives and tells
        self,
        installation_id: int,
        nonce: str,
        organization: OrganizationAccess,
        connected_by: str,
        now: datetime,
        news: connections.News = lambda _: (),
    ) -> Installation | None:
        """Use up the link that `nonce` names and tie its place to an organization, beside those it has already.

        Returns the installation with its connections; None, and nothing is changed, if the link works no longer. What
        `news` says is to be posted about it is stored in the same transaction.
        """

        def operation(transaction: Transaction) -> Installation | None:
            secret = self._cipher.encrypt(organization.client_secret) if organization.client_secret else None
            token = self._cipher.encrypt(organization.token)
            setup = connections.Setup(organization, token, secret, connected_by, now)
            return connections.connect(transaction, installation_id, nonce, setup, news)

        return await self._writer.run(operation, ALONE)

    async def disconnect(
        self, place: Place, actor: str, now: datetime, connection_id: int | None = None
    ) -> Connection | None:
        """Untie the place from an organization (None: its first); return what it was tied to, None if it was not."""
        return await self._writer.run(
            lambda transaction: connections.disconnect(transaction, place, actor, now, connection_id), ALONE
        )

    async def token(self, connection: Connection) -> str | None:
        """Return the Sentry token of a connection, None if it exists no longer; raises SecretUnreadable."""
        encrypted = await self._reader.run(lambda transaction: connections.token(transaction, connection.id))
        return None if encrypted is None else self._cipher.decrypt(encrypted)

    async def audit_entries(self, place: Place) -> list[AuditEntry]:
        """Return what was done in `place`, oldest first."""
        return await self._reader.run(lambda transaction: audit.entries(transaction, place))


def _order(place: Place) -> str:
    return f"{place.tenant_id} {place.place_id}"


def _order_of_row(installation_id: int) -> str:
    return f"~{installation_id:020}"
