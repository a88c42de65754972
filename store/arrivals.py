"""The hot path: the bot was added somewhere, and somebody may welcome it there. One statement per call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Case, ColumnElement, Insert, and_, bindparam, case, func, null, or_, select, update

from model import Arrival, Installation
from store.audit import AuditEntry, note
from store.prepared import Prepared
from store.rows import clean, installation_of
from store.tables import installations, welcome_due
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

CLAIM_LASTS = timedelta(seconds=60)

columns = installations.c
_stale = bindparam("stale", type_=UtcTime)
_removed = columns.removed_at.is_not(None)
_unwelcomed = and_(columns.removed_at.is_(None), columns.welcomed_at.is_(None))
_claimable = and_(
    _unwelcomed,
    columns.welcome_delivery_id.is_(None),
    or_(columns.welcome_claimed_at.is_(None), columns.welcome_claimed_at < _stale),
)
_unreachable = columns.unreachable_at.is_not(None)


def _arrive(insert: Callable[..., Any]) -> Insert:
    """One upsert that decides who welcomes: whoever finds its own claim in the row that comes back."""
    adding = insert(installations)
    new = adding.excluded
    later = new.installed_at > columns.installed_at

    def either(condition: ColumnElement[bool], name: str) -> Case[Any]:
        return case((condition, new[name]), else_=columns[name])

    statement: Insert = adding.on_conflict_do_update(
        index_elements=[columns.tenant_id, columns.place_id],
        set_={
            **{name: either(_removed, name) for name in ("kind", "name", "conversation_id", "user_id", "setup_nonce")},
            **{name: either(later, name) for name in ("service_url", "installed_at")},
            **{name: either(or_(_removed, _claimable), name) for name in ("welcome_claim", "welcome_claimed_at")},
            # The place is heard from, so it can be reached; a welcome that could not be delivered is due again.
            "welcome_delivery_id": case((or_(_removed, _unreachable), null()), else_=columns.welcome_delivery_id),
            **dict.fromkeys(("removed_at", "unreachable_at", "unreachable_reason"), null()),
        },
        where=or_(later, _claimable, and_(columns.removed_at.is_(None), _unreachable)),
    ).returning(installations)
    return statement


ARRIVE = Prepared(Upsert(_arrive))
WELCOMED = Prepared.of(
    update(installations)
    .where(columns.id == bindparam("installation"), columns.removed_at.is_(None))
    .values(welcome_activity_id=bindparam("activity"), welcomed_at=bindparam("now"))
)
PENDING = (
    select(installations)
    .where(
        welcome_due,
        func.coalesce(columns.welcome_claimed_at, columns.installed_at) < bindparam("older_than", type_=UtcTime),
    )
    .order_by(columns.id)
    .limit(bindparam("most"))
)


def arrive(transaction: Transaction, arrival: Arrival, nonce: str, now: datetime) -> Installation | None:
    """Record that the bot was added; return the installation if the caller is the one to welcome it."""
    row = transaction.hot(ARRIVE, _values(arrival, nonce, now))
    if row is None or row.welcome_claim != nonce:
        return None
    note(transaction, arrival.place, AuditEntry(now, "install", arrival.user_id, {}))
    return installation_of(row)


def _values(arrival: Arrival, nonce: str, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": arrival.place.tenant_id,
        "place_id": arrival.place.place_id,
        "kind": arrival.place.kind.value,
        "name": clean(arrival.name),
        "service_url": arrival.conversation.service_url,
        "conversation_id": arrival.conversation.conversation_id,
        "user_id": arrival.user_id,
        "installed_at": arrival.at,
        "setup_nonce": nonce,
        "welcome_claim": nonce,
        "welcome_claimed_at": now,
        "stale": now - CLAIM_LASTS,
    }


def welcomed(transaction: Transaction, installation_id: int, activity_id: str, now: datetime) -> None:
    """Note that the welcome card was sent, and as which activity."""
    transaction.hot(WELCOMED, {"installation": installation_id, "activity": activity_id, "now": now})


def pending(transaction: Transaction, older_than: datetime, limit: int) -> list[Installation]:
    """Return installations whose welcome was claimed before `older_than`, never sent and given to no delivery."""
    rows = transaction.execute(PENDING, {"older_than": older_than, "most": limit})
    return [installation_of(row) for row in rows]
