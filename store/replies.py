"""Replies that show comments: one for a comment in each conversation, changed in place."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Insert, bindparam, select, update

from store import deliveries
from store.delivery_facts import Method, NewDelivery
from store.delivery_tables import database_now
from store.rows import clean
from store.thread_tables import comment_replies
from store.transaction import Transaction
from store.upsert import Upsert

COMMENT = "comment"
"""The purpose of a delivery that posts a reply for a comment: once it is posted, the reply's row knows where."""

columns = comment_replies.c


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment in a conversation, as webhook `revision` tells it. post: the reply, where none stands yet.

    fresh: post one where none stands. changes: change the one that stands.
    """

    revision: int
    post: NewDelivery = field(repr=False)
    fresh: bool
    changes: bool


def _insert(insert: Callable[..., Any]) -> Insert:
    names = ("key", "revision", "waits")
    statement: Insert = (
        insert(comment_replies)
        .values(**{name: bindparam(name) for name in names}, created_at=database_now())
        .on_conflict_do_nothing(index_elements=[columns.key])
        .returning(columns.key)
    )
    return statement


INSERT = Upsert(_insert)
FIND = select(comment_replies).where(columns.key == bindparam("reply")).with_for_update()
CHANGED = update(comment_replies).where(columns.key == bindparam("reply")).values(revision=bindparam("now"))
POSTED = (
    update(comment_replies)
    .where(columns.key == bindparam("reply"), columns.activity_id.is_(None))
    .values(activity_id=bindparam("activity"), waits=False)
)


def place(transaction: Transaction, reply: Reply) -> bool:
    """Post the reply, or change the one that stands there; False while that one is still to be posted."""
    new = {"key": reply.post.key, "revision": reply.revision, "waits": reply.fresh}
    if transaction.execute(INSERT[transaction.dialect], new).first() is not None:
        if reply.fresh:
            deliveries.enqueue(transaction, reply.post)
        return True
    return _change(transaction, reply) if reply.changes else True


def _change(transaction: Transaction, reply: Reply) -> bool:
    row = transaction.execute(FIND, {"reply": reply.post.key}).one()
    if row.revision >= reply.revision:
        return True
    if row.activity_id is None:
        return not row.waits
    transaction.execute(CHANGED, {"reply": row.key, "now": reply.revision}).close()
    deliveries.enqueue(transaction, _update(reply, row.activity_id))
    return True


def _update(reply: Reply, activity_id: str) -> NewDelivery:
    return replace(
        reply.post,
        key=f"{reply.post.key}:{reply.revision}",
        method=Method.UPDATE,
        activity_id=activity_id,
        purpose="comment update",
    )


def posted(transaction: Transaction, key: str, activity_id: str) -> None:
    """Note that the reply of a delivery stands in Teams."""
    transaction.execute(POSTED, {"reply": key, "activity": clean(activity_id)}).close()
