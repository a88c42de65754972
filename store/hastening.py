"""Bringing forward what was stored to come later."""

from sqlalchemy import bindparam, exists, literal_column, select, update

from store.delivery_facts import State
from store.delivery_tables import database_now, deliveries, lanes
from store.transaction import Transaction

columns = deliveries.c
_waiting = columns.state == literal_column(str(State.WAITING.value))
_ahead = select(columns.id).where(columns.lane_id == bindparam("lane"), _waiting, columns.id < bindparam("delivery"))
_untried = select(columns.id).where(
    columns.id == bindparam("delivery"), _waiting, columns.attempts == literal_column("0")
)
_wanted = database_now() + bindparam("delay", type_=lanes.c.due_at.type)
SOONER = (
    update(lanes)
    .where(
        lanes.c.lane_id == bindparam("lane"),
        lanes.c.claim.is_(None),
        lanes.c.due_at > _wanted,
        exists(_untried),
        ~exists(_ahead),
    )
    .values(due_at=_wanted)
)


def come_sooner(transaction: Transaction, lane_id: int, delivery_id: int, delay: int) -> None:
    """Let a delivery come after `delay` milliseconds if it is the next of its lane and nobody has tried it yet.

    What Teams has put off is left alone: its time is Teams' word for the whole conversation.
    """
    transaction.execute(SOONER, {"lane": lane_id, "delivery": delivery_id, "delay": delay}).close()
