"""Whose turn it is: a process claims conversations in which something is due, for as long as a lease lasts."""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, Row, bindparam, case, func, select, update

from model import ConversationReference
from store.deliveries import WAITING
from store.delivery_facts import Claimed, Method, State
from store.delivery_tables import calendars, database_now, deliveries, lanes
from store.prepared import Prepared
from store.tables import installations
from store.transaction import Transaction
from store.upsert import Upsert

LEASE = 45_000
"""Milliseconds after which a conversation that a process claimed is anybody's: more than a send with its waits takes,
less than the minute in which a dead process's work goes on."""

STEP = 50
"""Milliseconds between two posts in one tenant: 20 a second of Teams' 30, the rest is for what is sent in a turn."""

GOOD_FOR = 150
"""Milliseconds for which a time in the tenant's calendar is good. A missed one is given up, so that a stall never makes
many go out together."""

NEAR = 500
"""Milliseconds that a claimed conversation may wait for its time in memory; longer waits are left to the database."""

LONGEST_PAUSE = 1.0
SHORTEST_PAUSE = 0.02

columns = lanes.c
_l2, _d2 = lanes.alias("l2"), deliveries.alias("d2")
_due = select(_l2.c.lane_id).where(_l2.c.due_at <= database_now()).order_by(_l2.c.due_at).limit(bindparam("most"))
_mine = (columns.lane_id == bindparam("lane")) & (columns.claim == bindparam("mine"))


def _claim(due: Any) -> Any:
    return (
        update(lanes)
        .where(columns.lane_id.in_(due))
        .values(claimed_before=columns.claim, claim=bindparam("mine"), due_at=database_now() + LEASE)
        .returning(lanes, database_now().label("now"))
    )


# PostgreSQL may run a bare subquery again and lock more than asked for. SQLite's driver begins a transaction only for a
# statement that begins with UPDATE, and needs no row locks.
CLAIM = {
    "postgresql": _claim(select(_due.with_for_update(skip_locked=True).cte("due").c.lane_id)),
    "sqlite": _claim(_due.scalar_subquery()),
}
_head = select(func.min(_d2.c.id)).where(_d2.c.lane_id == columns.lane_id, _d2.c.state == WAITING).scalar_subquery()
HEADS = (
    select(deliveries, installations.c.removed_at, installations.c.unreachable_at)
    .select_from(
        lanes.join(deliveries, deliveries.c.id == _head).outerjoin(
            installations, installations.c.id == deliveries.c.installation_id
        )
    )
    .where(columns.lane_id.in_(bindparam("lanes", expanding=True)))
)
NEXT = select(func.min(columns.due_at) - database_now())


def _reserve(insert: Callable[..., Any]) -> Insert:
    span = bindparam("span", type_=calendars.c.next_at.type)
    adding = insert(calendars).values(tenant_id=bindparam("tenant"), next_at=database_now() + span)
    known = calendars.c.next_at
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[calendars.c.tenant_id],
        set_={"next_at": case((known > database_now(), known), else_=database_now()) + span},
    ).returning(known)
    return statement


RESERVE = Prepared(Upsert(_reserve))
LATER = update(lanes).where(_mine).values(due_at=bindparam("at"), slot_at=bindparam("slot"), claim=None)
IDLE = update(lanes).where(_mine).values(waiting=0, due_at=None, slot_at=0, claim=None)
RELEASE = update(lanes).where(_mine).values(due_at=database_now(), claim=None)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a process may carry now; `pause`: seconds after which there may be more."""

    deliveries: list[Claimed]
    pause: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """A claimed lane and how long it waits for its time in the tenant's calendar, in milliseconds."""

    lane: Row[Any]
    wait: int


def claim(transaction: Transaction, room: int) -> Claims:
    """Claim up to `room` conversations in which something is due, and a time for each in its tenant's calendar."""
    mine = secrets.randbits(62)
    read = time.monotonic()
    rows = transaction.execute(CLAIM[transaction.dialect], {"mine": mine, "most": room}).all()
    if not rows:
        return Claims([], _pause(transaction))
    heads = _heads(transaction, [row.lane_id for row in rows])
    _leave_idle(transaction, mine, [row.lane_id for row in rows if row.lane_id not in heads])
    busy = [row for row in rows if row.lane_id in heads]
    turns = [turn for tenant in _by_tenant(busy) for turn in _turns(transaction, tenant)]
    _put_off(transaction, mine, [turn for turn in turns if turn.wait > NEAR])
    near = [turn for turn in turns if turn.wait <= NEAR]
    return Claims([_claimed(turn, heads[turn.lane.lane_id], mine, read) for turn in near], 0.0)


def _pause(transaction: Transaction) -> float:
    left = transaction.execute(NEXT, {}).scalar()
    return LONGEST_PAUSE if left is None else min(LONGEST_PAUSE, max(SHORTEST_PAUSE, left / 1000))


def _heads(transaction: Transaction, lane_ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    return {row.lane_id: row for row in transaction.execute(HEADS, {"lanes": lane_ids})}


def _leave_idle(transaction: Transaction, mine: int, lane_ids: Sequence[int]) -> None:
    # The lane is locked: whoever adds to it waits for this transaction and counts on from here.
    for lane_id in lane_ids:
        transaction.execute(IDLE, {"lane": lane_id, "mine": mine}).close()


def _by_tenant(rows: Iterable[Row[Any]]) -> list[list[Row[Any]]]:
    """Sorted, so that two processes ask for the calendars in the same order."""
    tenants: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        tenants[row.tenant_id].append(row)
    return [tenants[tenant] for tenant in sorted(tenants)]


def _turns(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[_Turn]:
    """Return when each lane of one tenant may post: at once if it has a time that is good, else at a new time."""
    ready = [row for row in rows if 0 <= row.now - row.slot_at <= GOOD_FOR]
    others = [row for row in rows if not 0 <= row.now - row.slot_at <= GOOD_FOR]
    turns = [_Turn(row, 0) for row in ready]
    if others:
        span = STEP * len(others)
        end = transaction.hot(RESERVE, {"tenant": others[0].tenant_id, "span": span}).next_at
        turns += [_Turn(row, max(0, end - span + STEP * i - row.now)) for i, row in enumerate(others)]
    return turns


def _put_off(transaction: Transaction, mine: int, turns: Sequence[_Turn]) -> None:
    for turn in turns:
        slot = turn.lane.now + turn.wait
        transaction.execute(LATER, {"lane": turn.lane.lane_id, "mine": mine, "at": slot, "slot": slot}).close()


def _claimed(turn: _Turn, head: Row[Any], mine: int, read: float) -> Claimed:
    lane = turn.lane
    return Claimed(
        id=head.id,
        lane_id=lane.lane_id,
        claim=mine,
        key=head.key,
        to=ConversationReference(head.service_url, head.conversation_id, head.tenant_id),
        activity=json.loads(head.activity),
        method=Method(head.method),
        activity_id=head.activity_id,
        purpose=head.purpose,
        installation_id=head.installation_id,
        attempts=head.attempts,
        outcome=head.outcome,
        deadline=head.deadline,
        short_tat=lane.short_tat,
        long_tat=lane.long_tat,
        now=lane.now,
        read=read,
        wait=turn.wait,
        taken_over=lane.claimed_before is not None,
        stopped=_stopped(head),
    )


def _stopped(head: Row[Any]) -> State | None:
    if head.removed_at is not None:
        return State.DROPPED
    return State.FAILED if head.unreachable_at is not None else None


def missed(transaction: Transaction, claimed: Claimed) -> None:
    """Give a time in the calendar up that went by; the conversation asks for a new one."""
    values = {"lane": claimed.lane_id, "mine": claimed.claim, "at": claimed.now, "slot": 0}
    transaction.execute(LATER, values).close()


def release(transaction: Transaction, claimed: Claimed) -> None:
    """Hand a claimed conversation back, as it was."""
    transaction.execute(RELEASE, {"lane": claimed.lane_id, "mine": claimed.claim}).close()
