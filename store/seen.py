"""A bounded memory of the activities that Teams sent, so that one that is sent again does nothing twice."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Insert, bindparam, delete, false, true, update

from store.delivery_tables import database_now, seen_activities
from store.prepared import Prepared
from store.transaction import Transaction
from store.upsert import Upsert

TURN_LASTS = 60_000
"""Milliseconds after which a turn that was not noted as done is over: its process died."""

columns = seen_activities.c
_key = columns.key == bindparam("named", type_=columns.key.type)


def _begin(insert: Callable[..., Any]) -> Insert:
    adding = insert(seen_activities).values(
        key=bindparam("named", type_=columns.key.type), seen_at=database_now(), done=false()
    )
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[columns.key],
        set_={"seen_at": adding.excluded.seen_at},
        where=(columns.done == false()) & (columns.seen_at < database_now() - TURN_LASTS),
    ).returning(columns.key)
    return statement


BEGIN = Upsert(_begin)
DONE = Prepared.of(update(seen_activities).where(_key).values(done=true()).returning(columns.key))
FORGET = delete(seen_activities).where(_key)


def begin(transaction: Transaction, key: str) -> bool:
    """Note that the turn of an activity begins; False if it was carried out already, or is being."""
    return transaction.one(BEGIN[transaction.dialect], {"named": key}) is not None


def done(transaction: Transaction, key: str) -> None:
    """Note that the turn was carried out."""
    transaction.hot(DONE, {"named": key})


def forget(transaction: Transaction, key: str) -> None:
    """Note that the turn failed: sent again, the activity is a new one."""
    transaction.execute(FORGET, {"named": key}).close()
