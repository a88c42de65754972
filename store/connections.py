"""Ties between places and Sentry organizations. An organization that no place is tied to is deleted with its token."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, case, delete, exists, func, select, text, update

from model import Connection, Installation, Place
from store.audit import AuditEntry, note
from store.deliveries import drop, enqueue
from store.delivery_facts import WELCOME, NewDelivery
from store.rows import clean, find, installation_of
from store.tables import connections, installations, organizations
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

News = Callable[[Installation], Sequence[NewDelivery]]


@dataclass(frozen=True, slots=True)
class OrganizationAccess:
    """A Sentry organization, the token that opens it, and the secret that signs its webhooks ("": as known already).

    integration_uuid: what its webhooks name as their installation, "" when that is not known yet.
    """

    sentry_url: str
    slug: str
    name: str
    token: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    integration_uuid: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """A finished setup: who tied which organization to a place."""

    organization: OrganizationAccess
    token_encrypted: str
    client_secret_encrypted: str | None
    connected_by: str
    at: datetime


def _keep_organization(insert: Callable[..., Any]) -> Insert:
    adding = insert(organizations)
    new = adding.excluded
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[organizations.c.tenant_id, organizations.c.sentry_url, organizations.c.slug],
        set_={
            "name": new.name,
            "token_encrypted": new.token_encrypted,
            "client_secret_encrypted": func.coalesce(
                new.client_secret_encrypted, organizations.c.client_secret_encrypted
            ),
            # Another secret may be that of another integration: the next webhook tells.
            "integration_uuid": case(
                (new.client_secret_encrypted.is_not(None), new.integration_uuid),
                else_=organizations.c.integration_uuid,
            ),
            "broken_at": None,
            "updated_at": new.updated_at,
        },
    ).returning(organizations.c.id)
    return statement


def _connect(insert: Callable[..., Any]) -> Insert:
    adding = insert(connections)
    new = adding.excluded
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[connections.c.installation_id, connections.c.organization_id],
        set_={"connected_by": new.connected_by, "connected_at": new.connected_at},
    )
    return statement


KEEP_ORGANIZATION = Upsert(_keep_organization)
USE_LINK = (
    update(installations)
    .where(
        installations.c.id == bindparam("installation"),
        installations.c.setup_nonce == bindparam("nonce"),
        installations.c.removed_at.is_(None),
    )
    .values(
        setup_nonce=None,
        used_nonce=bindparam("nonce"),
        # Whoever has finished the setup needs no welcome any more.
        welcomed_at=func.coalesce(installations.c.welcomed_at, bindparam("now", type_=UtcTime)),
    )
    .returning(installations)
)
CONNECT = Upsert(_connect)
DROP = (
    delete(connections)
    .where(connections.c.installation_id == bindparam("installation"))
    .returning(connections.c.organization_id)
)
DROP_ONE = DROP.where(connections.c.id == bindparam("connection"))
# What ties and unties in one tenant takes turns: of two places that leave an organization at once, each would see the
# other still tied, and nobody would delete it and its token. SQLite lets only one write anyway.
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant, 0))")
TENANT = select(installations.c.tenant_id).where(installations.c.id == bindparam("installation"))
DROP_ORPHAN = delete(organizations).where(
    organizations.c.id == bindparam("organization"),
    ~exists().where(connections.c.organization_id == organizations.c.id),
)
TOKEN = (
    select(organizations.c.token_encrypted)
    .select_from(connections.join(organizations))
    .where(connections.c.id == bindparam("connection"))
)


def connect(
    transaction: Transaction, installation_id: int, nonce: str, setup: Setup, news: News
) -> Installation | None:
    """Use up the link that `nonce` names and tie the place to the organization, beside those it is tied to already.

    Returns the installation with its connections; None if the link works no longer. What `news` tells of it is stored
    as deliveries in the same transaction, so that it is told even if the process ends right after the commit.
    """
    known = transaction.one(TENANT, {"installation": installation_id})
    if known is None:
        return None
    take_turns(transaction, known.tenant_id)
    row = transaction.one(USE_LINK, {"installation": installation_id, "nonce": nonce, "now": setup.at})
    if row is None:
        return None
    installation = installation_of(row)
    drop(transaction, installation.id, "the setup was finished", WELCOME)
    _tie(transaction, installation, setup)
    detail = {"sentry_url": setup.organization.sentry_url, "organization": setup.organization.slug}
    note(transaction, installation.place, AuditEntry(setup.at, "setup", installation.user_id, detail))
    connected = find(transaction, installation.place)
    for delivery in news(connected) if connected else ():
        enqueue(transaction, delivery)
    return connected


def _tie(transaction: Transaction, installation: Installation, setup: Setup) -> None:
    keeping = _organization_values(installation.place.tenant_id, setup)
    organization_id = transaction.execute(KEEP_ORGANIZATION[transaction.dialect], keeping).scalar_one()
    values = {"connected_by": clean(setup.connected_by), "connected_at": setup.at}
    key = {"installation_id": installation.id, "organization_id": organization_id}
    transaction.execute(CONNECT[transaction.dialect], {**key, **values}).close()


def _organization_values(tenant_id: str, setup: Setup) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "sentry_url": setup.organization.sentry_url,
        "slug": setup.organization.slug,
        "name": clean(setup.organization.name),
        "token_encrypted": setup.token_encrypted,
        "client_secret_encrypted": setup.client_secret_encrypted,
        "integration_uuid": setup.organization.integration_uuid or None,
        "created_at": setup.at,
        "updated_at": setup.at,
    }


def disconnect(
    transaction: Transaction, place: Place, actor: str, now: datetime, connection_id: int | None
) -> Connection | None:
    """Untie the place from one organization (None: from its only one, or its first); return what it was tied to."""
    take_turns(transaction, place.tenant_id)
    installation = find(transaction, place)
    tied = installation.connections if installation else ()
    connection = next((each for each in tied if connection_id in {None, each.id}), None)
    if installation is None or connection is None:
        return None
    key = {"installation": installation.id, "connection": connection.id}
    _drop_orphans(transaction, transaction.execute(DROP_ONE, key).scalars().all())
    note(transaction, place, AuditEntry(now, "disconnect", actor, {"organization": connection.organization_slug}))
    return connection


def take_turns(transaction: Transaction, tenant_id: str) -> None:
    """Wait until nobody else changes connections in the tenant; must come before any row is locked."""
    if transaction.dialect == "postgresql":
        transaction.execute(TAKE_TURNS, {"tenant": tenant_id}).close()


def forget_connections(transaction: Transaction, installation_id: int) -> None:
    """Delete the installation's connections and the organizations that are left without any."""
    _drop_orphans(transaction, transaction.execute(DROP, {"installation": installation_id}).scalars().all())


def _drop_orphans(transaction: Transaction, organization_ids: Sequence[int]) -> None:
    for organization_id in organization_ids:
        transaction.execute(DROP_ORPHAN, {"organization": organization_id})


def token(transaction: Transaction, connection_id: int) -> str | None:
    """Return the encrypted token of the connected organization, or None."""
    row = transaction.one(TOKEN, {"connection": connection_id})
    return None if row is None else str(row.token_encrypted)
