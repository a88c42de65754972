"""What became of a delivery that somebody carried. The delivery's own row is the truth, even after a lost lease."""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, select, update

from store import issue_cards, replies
from store.alert_facts import ISSUE_CARD
from store.deliveries import LOCK_INSTALLATION, WAITING
from store.delivery_facts import Claimed, Note, State
from store.delivery_tables import database_now, deliveries, lanes
from store.prepared import Prepared
from store.reach import unreachable_installation
from store.rows import clean
from store.tables import installations
from store.times import UtcTime
from store.transaction import Transaction

ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")
columns = lanes.c
_lane = columns.lane_id == bindparam("lane", type_=columns.lane_id.type)
_mine = columns.claim == bindparam("mine", type_=columns.claim.type)
_at = bindparam("at", type_=columns.due_at.type)
_paced = {
    "slot_at": ZERO,
    "short_tat": bindparam("short", type_=columns.short_tat.type),
    "long_tat": bindparam("long", type_=columns.long_tat.type),
}
_outcome = bindparam("outcome", type_=deliveries.c.outcome.type)
_delivery = deliveries.c.id == bindparam("delivery", type_=deliveries.c.id.type)

FREE = Prepared.of(
    update(lanes)
    .where(_lane, _mine)
    .values(
        **_paced,
        waiting=columns.waiting - ONE,
        due_at=case((columns.waiting > ONE, _at), else_=None),
        claim=literal_column("NULL"),
    )
    .returning(columns.waiting)
)
FREE_LOST = update(lanes).where(_lane).values(waiting=columns.waiting - 1)
NOT_MINE = (
    update(lanes)
    .where(_lane)
    .values(
        waiting=columns.waiting + 1,
        due_at=case((columns.waiting >= 0, func.coalesce(columns.due_at, _at)), else_=None),
    )
)
FINISH = Prepared.of(
    update(deliveries)
    .where(_delivery, deliveries.c.state == WAITING)
    .values(
        state=bindparam("to", type_=deliveries.c.state.type),
        finished_at=database_now(),
        outcome=_outcome,
        attempts=deliveries.c.attempts + ONE,
    )
    .returning(deliveries.c.id)
)
AGAIN = Prepared.of(
    update(lanes)
    .where(_lane, _mine)
    .values(**_paced, due_at=_at, claim=literal_column("NULL"))
    .returning(columns.lane_id)
)
TRIED = Prepared.of(
    update(deliveries)
    .where(_delivery, deliveries.c.state == WAITING)
    .values(outcome=_outcome, attempts=deliveries.c.attempts + ONE)
    .returning(deliveries.c.id)
)
EMPTY = update(lanes).where(_lane).values(**_paced, waiting=0, due_at=None, claim=None).returning(columns.lane_id)
FINISH_LANE = (
    update(deliveries)
    .where(deliveries.c.lane_id == bindparam("lane"), deliveries.c.state == WAITING)
    .values(state=State.FAILED.value, finished_at=database_now(), outcome=_outcome)
)
WELCOMED = (
    update(installations)
    .where(installations.c.id == bindparam("installation"), installations.c.removed_at.is_(None))
    .values(
        welcome_activity_id=bindparam("activity"),
        welcomed_at=func.coalesce(installations.c.welcomed_at, bindparam("now", type_=UtcTime)),
    )
)
STILL_WANTED = select(deliveries.c.id).where(deliveries.c.id == bindparam("delivery"), deliveries.c.state == WAITING)


def finished(transaction: Transaction, claimed: Claimed, state: State, outcome: str, left: Note) -> bool:
    """Note that a delivery ended, as `state`; returns whether something waits behind it, for `left.at`."""
    free = transaction.hot(FREE, _values(claimed, left))
    if free is None:
        transaction.execute(FREE_LOST, {"lane": claimed.lane_id}).close()
    values = {"delivery": claimed.id, "to": state.value, "outcome": clean(outcome)}
    if transaction.hot(FINISH, values) is None:
        # Somebody ended it meanwhile, and counted it out of its lane.
        transaction.execute(NOT_MINE, {"lane": claimed.lane_id, "at": left.at}).close()
    return free is not None and free.waiting > 0


def delivered(transaction: Transaction, claimed: Claimed, activity_id: str, left: Note) -> bool:
    """Note that a delivery stands in Teams, as that activity; returns whether something waits behind it."""
    more = finished(transaction, claimed, State.DELIVERED, activity_id, left)
    if claimed.purpose == ISSUE_CARD:
        issue_cards.posted(transaction, claimed.key, activity_id)
    elif claimed.purpose == replies.COMMENT:
        replies.posted(transaction, claimed.key, activity_id)
    return more


def welcomed(transaction: Transaction, claimed: Claimed, activity_id: str, left: Note, now: datetime) -> bool:
    """Note that a welcome stands in Teams, also at its installation, unless it was ended while it was on its way."""
    transaction.execute(LOCK_INSTALLATION, {"installation": claimed.installation_id}).close()
    wanted = transaction.one(STILL_WANTED, {"delivery": claimed.id}) is not None
    more = delivered(transaction, claimed, activity_id, left)
    if wanted:
        values = {"installation": claimed.installation_id, "activity": clean(activity_id), "now": now}
        transaction.execute(WELCOMED, values).close()
    return more


def postponed(transaction: Transaction, claimed: Claimed, why: str, left: Note) -> None:
    """Note a try in vain; the next one is at `left.at`, and until then nothing else goes out in that conversation."""
    transaction.hot(AGAIN, _values(claimed, left))
    transaction.hot(TRIED, {"delivery": claimed.id, "outcome": clean(why)})


def gave_up_conversation(transaction: Transaction, claimed: Claimed, why: str, left: Note, now: datetime) -> None:
    """Note that nothing can be posted in the conversation any more: all that waits there ends.

    Its installation is unreachable from now on.
    """
    if claimed.installation_id is not None:
        unreachable_installation(transaction, claimed.installation_id, why, now)
    values = _values(claimed, left)
    transaction.execute(EMPTY, {name: values[name] for name in ("lane", "short", "long")}).close()
    transaction.hot(TRIED, {"delivery": claimed.id, "outcome": clean(why)})
    transaction.execute(FINISH_LANE, {"lane": claimed.lane_id, "outcome": clean(why)}).close()


def _values(claimed: Claimed, left: Note) -> dict[str, object]:
    return {
        "lane": claimed.lane_id,
        "mine": claimed.claim,
        "at": left.at,
        "short": left.short_tat,
        "long": left.long_tat,
    }
