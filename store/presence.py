"""How many processes there are: each says every now and then that it lives."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Insert, bindparam, delete, func, select

from store.delivery_tables import database_now, processes
from store.transaction import Transaction
from store.upsert import Upsert

GONE_AFTER = 60_000
"""Milliseconds; a process that lives says so every 15 seconds."""


def _seen(insert: Callable[..., Any]) -> Insert:
    adding = insert(processes).values(id=bindparam("process", type_=processes.c.id.type), seen_at=database_now())
    statement: Insert = adding.on_conflict_do_update(index_elements=[processes.c.id], set_={"seen_at": database_now()})
    return statement


SEEN = Upsert(_seen)
FORGET = delete(processes).where(processes.c.seen_at < database_now() - GONE_AFTER)
COUNT = select(func.count()).select_from(processes)


def show_up(transaction: Transaction, process: int) -> int:
    """Note that a process lives; return how many do, this one included."""
    transaction.execute(SEEN[transaction.dialect], {"process": process}).close()
    transaction.execute(FORGET, {}).close()
    return int(transaction.execute(COUNT, {}).scalar_one())
