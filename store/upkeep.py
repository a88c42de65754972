"""What has had its time is deleted, a thousand rows at a time, past what others are working on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Delete, Select, Table, bindparam, delete, select

from store.deliveries import WAITING
from store.delivery_tables import calendars, database_now, deliveries, lanes, seen_activities
from store.thread_tables import comment_replies, mentions
from store.transaction import Transaction

AT_ONCE = 1000
ACTIVITIES_KEPT = 86_400_000
"""Milliseconds for which it is remembered what Teams sent; it sends again within minutes."""

THREADS_KEPT = 30 * 86_400_000
"""Milliseconds for which a comment's reply follows it, and for which it is remembered who was mentioned."""

# A lane without work whose buckets are full again, and a calendar that lies in the past, say no more than none would.
IDLE_FOR = 60_000


@dataclass(frozen=True, slots=True)
class _Pruning:
    """What is over in one table, and how it is deleted: by the keys, else PostgreSQL reads the whole table."""

    old: Select[Any]
    delete: Delete


def _delete(table: Table, *conditions: ColumnElement[bool], order: Column[Any]) -> _Pruning:
    key = next(iter(table.primary_key))
    old = select(key).where(*conditions).order_by(order).limit(AT_ONCE).with_for_update(skip_locked=True)
    return _Pruning(old, delete(table).where(key.in_(bindparam("keys", expanding=True))))


_cutoff = database_now() - bindparam("kept", type_=deliveries.c.finished_at.type)
DELIVERIES = _delete(
    deliveries,
    deliveries.c.state != WAITING,
    deliveries.c.finished_at < _cutoff,
    order=deliveries.c.finished_at,
)
OTHERS = (
    _delete(
        lanes,
        lanes.c.waiting == WAITING,
        lanes.c.due_at.is_(None),
        lanes.c.long_tat < database_now() - IDLE_FOR,
        order=lanes.c.long_tat,
    ),
    _delete(calendars, calendars.c.next_at < database_now() - IDLE_FOR, order=calendars.c.tenant_id),
    _delete(
        seen_activities,
        seen_activities.c.seen_at < database_now() - ACTIVITIES_KEPT,
        order=seen_activities.c.seen_at,
    ),
    _delete(
        comment_replies,
        comment_replies.c.created_at < database_now() - THREADS_KEPT,
        order=comment_replies.c.created_at,
    ),
    _delete(mentions, mentions.c.told_at < database_now() - THREADS_KEPT, order=mentions.c.told_at),
)


def prune(transaction: Transaction, kept: timedelta) -> int:
    """Delete deliveries that ended longer ago than `kept`, and what else is over.

    Returns the most rows that one table lost; when that is AT_ONCE, there is more to delete.
    """
    milliseconds = round(kept.total_seconds() * 1000)
    deleted = [_prune(transaction, DELIVERIES, {"kept": milliseconds})]
    deleted += [_prune(transaction, pruning, {}) for pruning in OTHERS]
    return max(deleted)


def _prune(transaction: Transaction, pruning: _Pruning, values: dict[str, object]) -> int:
    keys = transaction.execute(pruning.old, values).scalars().all()
    if keys:
        transaction.execute(pruning.delete, {"keys": keys}).close()
    return len(keys)
