"""Deliveries come in, are looked at, and end before they were sent. Sending them is told to store/delivery_notes.py.

Rows are locked in one order, here and there: the installation, then lanes by their id, then deliveries.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Insert, Row, bindparam, case, func, literal_column, select, update

from model import ConversationReference
from store.delivery_facts import MOST_COUNTED, Counts, Listed, NewDelivery, State
from store.delivery_tables import database_now, deliveries, lanes
from store.hastening import come_sooner
from store.prepared import Prepared
from store.tables import installations, welcome_due
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

MOST_AT_ONCE = 500
WAITING: ColumnElement[int] = literal_column(str(State.WAITING.value))
FAILED: ColumnElement[int] = literal_column(str(State.FAILED.value))
columns = deliveries.c


def _insert(insert: Callable[..., Any]) -> Insert:
    new = ("key", "lane_id", "installation_id", "purpose", "method", "activity_id", "activity")
    place = ("service_url", "tenant_id", "conversation_id")
    statement: Insert = (
        insert(deliveries)
        .values(
            **{name: bindparam(name, type_=columns[name].type) for name in (*new, *place)},
            deadline=database_now() + bindparam("lasts", type_=columns.deadline.type),
            created_at=database_now(),
        )
        .on_conflict_do_nothing(index_elements=[columns.key])
        .returning(columns.id)
    )
    return statement


def _arm(insert: Callable[..., Any]) -> Insert:
    """One more waits in the lane; a delay holds up what waits there already: Teams asked it of the conversation."""
    delay = bindparam("delay", type_=lanes.c.due_at.type)
    adding = insert(lanes).values(
        lane_id=bindparam("lane_id", type_=lanes.c.lane_id.type),
        tenant_id=bindparam("tenant_id", type_=lanes.c.tenant_id.type),
        waiting=literal_column("1"),
        due_at=database_now() + delay,
    )
    due, new = lanes.c.due_at, adding.excluded.due_at
    later = (delay > literal_column("0")) & (new > due)
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[lanes.c.lane_id],
        set_={
            "waiting": lanes.c.waiting + literal_column("1"),
            "due_at": case((due.is_(None), new), (later, new), else_=due),
        },
    ).returning(lanes.c.waiting)
    return statement


INSERT = Prepared(Upsert(_insert))
ARM = Prepared(Upsert(_arm))
KNOWN = select(columns.id, columns.state).where(columns.key == bindparam("key"))
LOCK_INSTALLATION = select(installations.c.id).where(installations.c.id == bindparam("installation")).with_for_update()
HAND_OVER = (
    update(installations)
    .where(installations.c.id == bindparam("installation"), installations.c.removed_at.is_(None))
    .values(welcome_delivery_id=bindparam("delivery"))
)
TAKE_UP = (
    update(installations)
    .where(
        installations.c.id == bindparam("installation"),
        welcome_due,
        func.coalesce(installations.c.welcome_claimed_at, installations.c.installed_at)
        < bindparam("older_than", type_=UtcTime),
    )
    .values(welcome_claimed_at=bindparam("now", type_=UtcTime))
    .returning(installations.c.id)
)
OF_INSTALLATION = select(columns.id, columns.lane_id).where(
    columns.installation_id == bindparam("installation"),
    columns.installation_id.is_not(None),
    columns.state == WAITING,
)
OF_KEY = select(columns.id, columns.lane_id).where(columns.key == bindparam("key"), columns.state == WAITING)
OF_PURPOSE = OF_INSTALLATION.where(columns.purpose == bindparam("purpose"))
LOCK_LANES = (
    select(lanes.c.lane_id)
    .where(lanes.c.lane_id.in_(bindparam("lanes", expanding=True)))
    .order_by(lanes.c.lane_id)
    .with_for_update()
)
DROP = (
    update(deliveries)
    .where(columns.id == bindparam("delivery"), columns.state == WAITING)
    .values(state=State.DROPPED.value, finished_at=database_now(), outcome=bindparam("why"))
    .returning(columns.lane_id)
)
ONE_LESS = (
    update(lanes)
    .where(lanes.c.lane_id == bindparam("lane"))
    .values(waiting=lanes.c.waiting - 1, due_at=case((lanes.c.waiting > 1, lanes.c.due_at), else_=None))
)
LIST = (
    select(deliveries, lanes.c.due_at)
    .select_from(deliveries.outerjoin(lanes, lanes.c.lane_id == columns.lane_id))
    .where(columns.state == bindparam("state"), columns.id > bindparam("after"))
    .order_by(columns.id)
    .limit(bindparam("most"))
)
GAVE_UP = (
    select(columns.id, columns.lane_id, columns.tenant_id)
    .where(columns.state == FAILED)
    .order_by(columns.lane_id, columns.id)
    .limit(MOST_AT_ONCE)
)
GAVE_UP_AMONG = GAVE_UP.where(columns.id.in_(bindparam("ids", expanding=True)))
REVIVE = (
    update(deliveries)
    .where(columns.id == bindparam("delivery"), columns.state == FAILED)
    .values(
        state=State.WAITING.value,
        attempts=0,
        finished_at=None,
        deadline=database_now() + columns.deadline - columns.created_at,
        created_at=database_now(),
    )
    .returning(columns.id)
)
# Both stop at the limit, and walk along a partial index: ordered by what it holds, or PostgreSQL would read the table.
_waiting = select(columns.created_at).where(columns.state == WAITING).order_by(columns.created_at)
COUNT_WAITING = select(func.count()).select_from(_waiting.limit(MOST_COUNTED + 1).subquery())
OLDEST = select(database_now() - _waiting.limit(1).scalar_subquery())
_failed = select(columns.id).where(columns.state == FAILED).order_by(columns.id).limit(MOST_COUNTED + 1).subquery()
COUNT_FAILED = select(func.count()).select_from(_failed)


def lane_of(to: ConversationReference) -> int:
    """Return the number of a conversation's lane; a thread belongs to its channel's.

    It is computed, so that nobody has to look it up. Two conversations that share a number merely share a lane.
    """
    named = f"{to.tenant_id}|{to.conversation_id.partition(';')[0]}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(named, digest_size=8).digest(), "big", signed=True)


def enqueue(transaction: Transaction, new: NewDelivery) -> int:
    """Store a delivery and return its id; that of the earlier one if its key is known."""
    row = transaction.hot(INSERT, _values(new))
    if row is None:
        return _known(transaction, new)
    _arm_lane(transaction, lane_of(new.to), new.to.tenant_id, new.delay)
    return int(row.id)


def _known(transaction: Transaction, new: NewDelivery) -> int:
    """Return the id of what is stored under that key; what nobody has tried yet comes as soon as this one would."""
    delivery_id = int(transaction.execute(KNOWN, {"key": new.key}).one().id)
    come_sooner(transaction, lane_of(new.to), delivery_id, _milliseconds(new.delay))
    return delivery_id


def enqueue_welcome(transaction: Transaction, new: NewDelivery) -> int:
    """Store a welcome, as `enqueue` does, and note at its installation who has it; one that gave up is tried again."""
    transaction.execute(LOCK_INSTALLATION, {"installation": new.installation_id}).close()
    delivery_id = enqueue(transaction, new)
    transaction.execute(HAND_OVER, {"installation": new.installation_id, "delivery": delivery_id}).close()
    retry(transaction, [delivery_id])
    return delivery_id


def _arm_lane(transaction: Transaction, lane_id: int, tenant_id: str, delay: timedelta) -> None:
    transaction.hot(ARM, {"lane_id": lane_id, "tenant_id": tenant_id, "delay": _milliseconds(delay)})


def _values(new: NewDelivery) -> dict[str, object]:
    return {
        "key": new.key,
        "lane_id": lane_of(new.to),
        "installation_id": new.installation_id,
        "purpose": new.purpose,
        "method": new.method.value,
        "activity_id": new.activity_id,
        "activity": json.dumps(new.activity, separators=(",", ":")),
        "service_url": new.to.service_url,
        "tenant_id": new.to.tenant_id,
        "conversation_id": new.to.conversation_id,
        "lasts": _milliseconds(new.within),
    }


def take_up(transaction: Transaction, new: NewDelivery, older_than: datetime, now: datetime) -> int | None:
    """Store a welcome that was due before `older_than`; None if it is no longer, or somebody else has taken it up."""
    values = {"installation": new.installation_id, "older_than": older_than, "now": now}
    if transaction.one(TAKE_UP, values) is None:
        return None
    return enqueue_welcome(transaction, new)


def drop(transaction: Transaction, installation_id: int, why: str, purpose: str | None = None) -> int:
    """End what waits for an installation (of that purpose only); returns how many."""
    values: dict[str, object] = {"installation": installation_id}
    if purpose is None:
        found = transaction.execute(OF_INSTALLATION, values).all()
    else:
        found = transaction.execute(OF_PURPOSE, {**values, "purpose": purpose}).all()
    if not found:
        return 0
    lock_lanes(transaction, [row.lane_id for row in found])
    return sum(_drop(transaction, row.id, why) for row in found)


def drop_key(transaction: Transaction, key: str, why: str) -> bool:
    """End the delivery of that key if it still waits; tells whether it did."""
    row = transaction.one(OF_KEY, {"key": key})
    if row is None:
        return False
    lock_lanes(transaction, [row.lane_id])
    return _drop(transaction, row.id, why)


def lock_lanes(transaction: Transaction, lane_ids: Sequence[int]) -> None:
    """Keep everybody else from these lanes until the transaction ends."""
    transaction.execute(LOCK_LANES, {"lanes": sorted(set(lane_ids))}).close()


def _drop(transaction: Transaction, delivery_id: int, why: str) -> bool:
    row = transaction.one(DROP, {"delivery": delivery_id, "why": why})
    if row is not None:
        transaction.execute(ONE_LESS, {"lane": row.lane_id}).close()
    return row is not None


def retry(transaction: Transaction, ids: Sequence[int] | None) -> int:
    """Let deliveries that gave up (None: any) wait again, with all their time before them; returns how many.

    At most MOST_AT_ONCE are taken in one call.
    """
    if ids is None:
        found = transaction.execute(GAVE_UP, {}).all()
    else:
        found = transaction.execute(GAVE_UP_AMONG, {"ids": list(ids)}).all()
    lock_lanes(transaction, [row.lane_id for row in found])
    return sum(_revive(transaction, row) for row in found)


def _revive(transaction: Transaction, row: Row[Any]) -> bool:
    revived = transaction.one(REVIVE, {"delivery": row.id})
    if revived is not None:
        _arm_lane(transaction, row.lane_id, row.tenant_id, timedelta(0))
    return revived is not None


def listing(transaction: Transaction, state: State, limit: int, after_id: int) -> list[Listed]:
    """Return deliveries in `state` by their id, those behind `after_id`."""
    rows = transaction.execute(LIST, {"state": state.value, "most": limit, "after": after_id})
    return [_listed(row) for row in rows]


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        id=row.id,
        key=row.key,
        purpose=row.purpose,
        tenant_id=row.tenant_id,
        conversation_id=row.conversation_id,
        installation_id=row.installation_id,
        state=State(row.state),
        attempts=row.attempts,
        outcome=row.outcome,
        created_at=_time(row.created_at),
        deadline=_time(row.deadline),
        next_try_at=None if row.due_at is None or row.state != State.WAITING else _time(row.due_at),
        finished_at=None if row.finished_at is None else _time(row.finished_at),
    )


def counts(transaction: Transaction) -> Counts:
    """Return how many wait and how many gave up, of each MOST_COUNTED + 1 at most."""
    waiting, failed = (transaction.execute(each, {}).scalar_one() for each in (COUNT_WAITING, COUNT_FAILED))
    age = transaction.execute(OLDEST, {}).scalar()
    return Counts(waiting, failed, timedelta(milliseconds=max(0, age or 0)))


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
