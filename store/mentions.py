"""Who was mentioned for what, so that nobody is for the same thing twice, whoever works on it how often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, bindparam, or_, select

from store import deliveries
from store.delivery_facts import NewDelivery
from store.delivery_tables import database_now
from store.thread_tables import mentions
from store.transaction import Transaction
from store.upsert import Upsert

columns = mentions.c
SAME_EVENT = 3_600_000
"""Milliseconds in which an issue that is given to the same person again was given to them once, and is told twice."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody and what they are told of (`key`), in that conversation."""

    key: str
    whom: str
    conversation_id: str


def _insert(insert: Callable[..., Any]) -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in ("key", "whom", "conversation_id")}
    return insert(mentions).values(**values, told_at=database_now())


def _first(insert: Callable[..., Any]) -> Insert:
    statement: Insert = _insert(insert).on_conflict_do_nothing(index_elements=[columns.key])
    return statement


def _next(insert: Callable[..., Any]) -> Insert:
    adding = _insert(insert)
    new = adding.excluded
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[columns.key],
        set_={name: getattr(new, name) for name in ("whom", "conversation_id", "told_at")},
        where=or_(columns.whom != new.whom, columns.told_at < database_now() - SAME_EVENT),
    ).returning(columns.key)
    return statement


FIRST = Upsert(_first)
NEXT = Upsert(_next)
WHERE = select(columns.conversation_id).where(columns.key == bindparam("key"))


def turn(transaction: Transaction, mention: Mention, news: NewDelivery | None) -> bool:
    """Note whose turn it is now, and post the news of it; False, and no news, if that was known."""
    found = transaction.execute(NEXT[transaction.dialect], _values(mention)).first()
    if found is not None and news is not None:
        deliveries.enqueue(transaction, news)
    return found is not None


def where(transaction: Transaction, mention: Mention) -> str:
    """Note that somebody is mentioned, and return in which conversation: the first one that anybody noted."""
    transaction.execute(FIRST[transaction.dialect], _values(mention)).close()
    return str(transaction.execute(WHERE, {"key": mention.key}).scalar_one())


def _values(mention: Mention) -> dict[str, object]:
    return {"key": mention.key, "whom": mention.whom, "conversation_id": mention.conversation_id}
