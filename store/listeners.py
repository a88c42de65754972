"""Who listens to an organization: places, their conversations, their subscriptions."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, delete, select, update

from model import ConversationReference, Place, PlaceKind
from store.alert_facts import Channel, Listener, NewSubscription, Subscription
from store.alert_tables import channels, subscriptions
from store.rows import clean
from store.tables import connections, installations
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

_OF_ORGANIZATION = (connections.c.organization_id == bindparam("organization"), installations.c.removed_at.is_(None))
PLACES = (
    select(
        connections.c.id.label("connection_id"),
        connections.c.connected_by,
        installations.c.id,
        installations.c.tenant_id,
        installations.c.place_id,
        installations.c.kind,
        installations.c.name,
        installations.c.service_url,
        installations.c.conversation_id,
    )
    .select_from(connections.join(installations))
    .where(*_OF_ORGANIZATION)
    .order_by(connections.c.id)
)
CHANNELS = (
    select(channels)
    .select_from(channels.join(installations).join(connections))
    .where(*_OF_ORGANIZATION)
    .order_by(channels.c.id)
)
SUBSCRIPTIONS = (
    select(subscriptions)
    .select_from(subscriptions.join(connections))
    .where(connections.c.organization_id == bindparam("organization"))
    .order_by(subscriptions.c.id)
)
HERE = (
    select(subscriptions)
    .select_from(subscriptions.join(connections))
    .where(
        connections.c.installation_id == bindparam("installation"),
        subscriptions.c.conversation_id == bindparam("conversation"),
    )
    .order_by(subscriptions.c.id)
)
CHANNEL = select(channels).where(
    channels.c.installation_id == bindparam("installation"), channels.c.conversation_id == bindparam("conversation")
)
MUTE = (
    update(channels).where(channels.c.id == bindparam("channel")).values(muted_until=bindparam("until", type_=UtcTime))
)
DROP = delete(subscriptions).where(subscriptions.c.id == bindparam("subscription"))


def _know(insert_into: Callable[..., Any]) -> Insert:
    adding = insert_into(channels)
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[channels.c.installation_id, channels.c.conversation_id],
        set_={"name": adding.excluded.name},
        where=(adding.excluded.name != "") & (channels.c.name != adding.excluded.name),
    )
    return statement


def _subscribe(insert_into: Callable[..., Any]) -> Insert:
    key = [subscriptions.c.connection_id, subscriptions.c.conversation_id, subscriptions.c.wanted]
    statement: Insert = insert_into(subscriptions).on_conflict_do_nothing(index_elements=key)
    return statement


KNOW = Upsert(_know)
SUBSCRIBE = Upsert(_subscribe)


def of_organization(transaction: Transaction, organization_id: int) -> list[Listener]:
    """Return every place that is connected to the organization."""
    key = {"organization": organization_id}
    places = transaction.execute(PLACES, key).all()
    known: dict[int, list[Channel]] = defaultdict(list)
    for row in transaction.execute(CHANNELS, key):
        known[row.installation_id].append(_channel(row))
    wanted: dict[int, list[Subscription]] = defaultdict(list)
    for row in transaction.execute(SUBSCRIPTIONS, key):
        wanted[row.connection_id].append(_subscription(row))
    return [_listener(row, known[row.id], wanted[row.connection_id]) for row in places]


def _listener(row: Any, known: list[Channel], wanted: list[Subscription]) -> Listener:
    return Listener(
        connection_id=row.connection_id,
        installation_id=row.id,
        place=Place(row.tenant_id, row.place_id, PlaceKind(row.kind)),
        name=row.name,
        connected_by=row.connected_by,
        conversation=ConversationReference(row.service_url, row.conversation_id, row.tenant_id),
        channels=tuple(known),
        subscriptions=tuple(wanted),
    )


def channel(transaction: Transaction, installation_id: int, conversation_id: str, name: str = "") -> Channel:
    """Return a conversation of a place, known from now on."""
    values = {"installation_id": installation_id, "conversation_id": conversation_id, "name": clean(name)}
    transaction.execute(KNOW[transaction.dialect], values).close()
    key = {"installation": installation_id, "conversation": conversation_id}
    return _channel(transaction.execute(CHANNEL, key).one())


def mute(transaction: Transaction, installation_id: int, conversation_id: str, until: datetime | None) -> None:
    """Mute a conversation until then; None: no longer."""
    found = channel(transaction, installation_id, conversation_id)
    transaction.execute(MUTE, {"channel": found.id, "until": until}).close()


def here(transaction: Transaction, installation_id: int, conversation_id: str) -> list[Subscription]:
    """Return what one conversation has subscribed to, oldest first."""
    rows = transaction.execute(HERE, {"installation": installation_id, "conversation": conversation_id})
    return [_subscription(row) for row in rows]


def subscribe(transaction: Transaction, new: NewSubscription) -> None:
    """Subscribe; the same again changes nothing."""
    values = {
        "connection_id": new.connection_id,
        "conversation_id": new.conversation_id,
        "wanted": new.wanted,
        "created_by": new.by,
        "created_at": new.at,
    }
    transaction.execute(SUBSCRIBE[transaction.dialect], values).close()


def unsubscribe(transaction: Transaction, subscription_ids: list[int]) -> None:
    """End subscriptions."""
    for subscription_id in subscription_ids:
        transaction.execute(DROP, {"subscription": subscription_id}).close()


def _channel(row: Any) -> Channel:
    return Channel(row.id, row.conversation_id, row.name, row.muted_until)


def _subscription(row: Any) -> Subscription:
    return Subscription(row.id, row.connection_id, row.conversation_id, row.wanted)
