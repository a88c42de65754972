"""Webhooks come in, are worked on by whoever claims them, and are forgotten some days later."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Delete, Insert, Row, bindparam, delete, func, literal_column, or_, select, update

from store.alert_facts import ClaimedWebhook, NewWebhook
from store.alert_tables import webhooks
from store.delivery_tables import database_now
from store.prepared import Prepared
from store.rows import clean
from store.tables import organizations
from store.transaction import Transaction
from store.upsert import Upsert

columns = webhooks.c
LEASE = 60_000
"""Milliseconds after which another process may take a webhook up."""

KEPT = 3 * 86_400_000
"""Milliseconds for which it is remembered that a webhook was worked on."""

AT_ONCE = 1000
WAITING: ColumnElement[int] = literal_column("0")


class Outcome(IntEnum):
    """How a webhook ended; 0 stands for one that waits."""

    DONE = 1
    FAILED = 2


def _insert(insert: Callable[..., Any]) -> Insert:
    names = ("key", "organization_id", "sure", "kind", "body")
    statement: Insert = (
        insert(webhooks)
        .values(
            **{name: bindparam(name, type_=columns[name].type) for name in names},
            due_at=database_now(),
            received_at=database_now(),
        )
        .on_conflict_do_nothing(index_elements=[columns.key])
        .returning(columns.id)
    )
    return statement


INSERT = Prepared(Upsert(_insert))
LEARN = (
    update(organizations)
    .where(
        organizations.c.id == bindparam("organization"),
        or_(
            organizations.c.integration_uuid.is_(None),
            organizations.c.integration_uuid != bindparam("uuid"),
        ),
    )
    .values(integration_uuid=bindparam("uuid"))
)
_due = (
    select(columns.id)
    .where(columns.state == WAITING, columns.due_at <= database_now())
    .order_by(columns.due_at)
    .limit(bindparam("room", type_=columns.attempts.type))
    .with_for_update(skip_locked=True)
)
CLAIM = (
    update(webhooks)
    .where(columns.id.in_(_due.scalar_subquery()))
    .values(due_at=database_now() + LEASE, attempts=columns.attempts + 1)
    .returning(
        columns.id,
        columns.organization_id,
        columns.sure,
        columns.kind,
        columns.body,
        columns.attempts,
        (database_now() - columns.received_at).label("waited"),
    )
)
LOCK = select(columns.id).where(columns.id == bindparam("webhook"), columns.state == WAITING).with_for_update()
FINISH = (
    update(webhooks)
    .where(columns.id == bindparam("webhook"), columns.state == WAITING)
    .values(state=bindparam("to"), outcome=bindparam("why"), finished_at=database_now(), body="")
)
POSTPONE = (
    update(webhooks)
    .where(columns.id == bindparam("webhook"), columns.state == WAITING)
    .values(due_at=database_now() + bindparam("delay", type_=columns.due_at.type), outcome=bindparam("why"))
)
COUNT = select(func.count(), (database_now() - func.min(columns.received_at)).label("age")).where(
    columns.state == WAITING
)
SILENCE = select((database_now() - func.max(columns.received_at)).label("age"))


def _prune() -> Delete:
    old = (
        select(columns.id)
        .where(columns.state != WAITING, columns.finished_at < database_now() - KEPT)
        .order_by(columns.finished_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return delete(webhooks).where(columns.id.in_(old.scalar_subquery()))


PRUNE = _prune()


def receive(transaction: Transaction, new: NewWebhook) -> bool:
    """Store a webhook; False if it was stored before."""
    values: dict[str, object] = {
        "key": new.key,
        "organization_id": new.organization_id,
        "sure": new.sure,
        "kind": new.kind,
        "body": new.body,
    }
    if new.learned is not None and new.sure:
        learn(transaction, new.organization_id, new.learned)
    return transaction.hot(INSERT, values) is not None


def learn(transaction: Transaction, organization_id: int, uuid: str) -> None:
    """Note which installation the organization's webhooks name."""
    transaction.execute(LEARN, {"organization": organization_id, "uuid": uuid}).close()


def claim(transaction: Transaction, room: int) -> list[ClaimedWebhook]:
    """Claim up to `room` webhooks that are due, oldest first."""
    rows = transaction.execute(CLAIM, {"room": room}).all()
    return sorted((_claimed(row) for row in rows), key=lambda webhook: webhook.id)


def _claimed(row: Row[Any]) -> ClaimedWebhook:
    waited = max(0, row.waited) / 1000
    return ClaimedWebhook(row.id, row.organization_id, row.sure, row.kind, row.body, row.attempts, waited)


def still_waits(transaction: Transaction, webhook_id: int) -> bool:
    """Tell whether nobody has finished the webhook; nobody else can until the transaction ends."""
    return transaction.one(LOCK, {"webhook": webhook_id}) is not None


def finish(transaction: Transaction, webhook_id: int, outcome: Outcome, why: str) -> None:
    """Note how a webhook ended."""
    transaction.execute(FINISH, {"webhook": webhook_id, "to": outcome.value, "why": clean(why)}).close()


def postpone(transaction: Transaction, webhook_id: int, why: str, seconds: float) -> None:
    """Let a webhook be due again later."""
    values = {"webhook": webhook_id, "why": clean(why), "delay": round(seconds * 1000)}
    transaction.execute(POSTPONE, values).close()


def waiting(transaction: Transaction) -> tuple[int, float]:
    """Return how many wait, and for how many seconds the oldest does."""
    row = transaction.execute(COUNT, {}).one()
    return int(row[0]), max(0, row.age or 0) / 1000


def silence(transaction: Transaction) -> float | None:
    """Return for how many seconds nothing was received; None when nothing is remembered."""
    age = transaction.execute(SILENCE, {}).scalar_one()
    return None if age is None else age / 1000


def prune(transaction: Transaction) -> int:
    """Delete what ended long ago; returns how many, at most AT_ONCE."""
    return transaction.execute(PRUNE, {}).rowcount
