"""From rows to the facts of model.py."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from model import Connection, ConversationReference, Installation, Place, PlaceKind
from store.prepared import Prepared
from store.tables import connections, installations, organizations
from store.transaction import Transaction

PLACE = (
    installations.c.tenant_id == bindparam("tenant"),
    installations.c.place_id == bindparam("place"),
    installations.c.removed_at.is_(None),
)
CONNECTION = (
    connections.c.id.label("connection_id"),
    organizations.c.sentry_url,
    organizations.c.slug,
    organizations.c.name.label("organization_name"),
    connections.c.connected_by,
    connections.c.connected_at,
    organizations.c.id.label("organization_id"),
    organizations.c.broken_at,
)
FIND = Prepared.of(
    select(installations, *CONNECTION)
    .select_from(installations.outerjoin(connections).outerjoin(organizations))
    .where(*PLACE)
    .order_by(connections.c.id)
)


def key_of(place: Place) -> dict[str, object]:
    """Return the parameters by which the statements with PLACE find a place."""
    return {"tenant": place.tenant_id, "place": place.place_id}


def find(transaction: Transaction, place: Place) -> Installation | None:
    """Return the installation in `place` with its connections; None if there is none, or it was removed."""
    found = transaction.hot_rows(FIND, key_of(place))
    if not found:
        return None
    return installation_of(found[0], tuple(connection_of(row) for row in found if row.connection_id))


def installation_of(row: Row[Any], connected: tuple[Connection, ...] = ()) -> Installation:
    """Turn a row of the table into an Installation."""
    return Installation(
        id=row.id,
        place=Place(row.tenant_id, row.place_id, PlaceKind(row.kind)),
        name=row.name,
        conversation=ConversationReference(row.service_url, row.conversation_id, row.tenant_id),
        user_id=row.user_id,
        installed_at=row.installed_at,
        setup_nonce=row.setup_nonce,
        used_nonce=row.used_nonce,
        welcome_activity_id=row.welcome_activity_id,
        connections=connected,
    )


def connection_of(row: Row[Any]) -> Connection:
    """Turn a row with CONNECTION's columns into a Connection."""
    return Connection(
        id=row.connection_id,
        organization_id=row.organization_id,
        sentry_url=row.sentry_url,
        organization_slug=row.slug,
        organization_name=row.organization_name,
        connected_by=row.connected_by,
        connected_at=row.connected_at,
        broken_at=row.broken_at,
    )


def clean(text: str) -> str:
    """Return a name as every database takes it: without NUL and without halves of surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()
