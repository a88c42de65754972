"""The audit trail: who did what where; never a secret, never a person's name."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from model import Place
from store.tables import audit
from store.transaction import Transaction

INSERT = insert(audit)
SELECT = (
    select(audit.c.at, audit.c.action, audit.c.actor, audit.c.detail)
    .where(audit.c.tenant_id == bindparam("tenant"), audit.c.place_id == bindparam("place"))
    .order_by(audit.c.id)
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done in a place. `action`: install, setup, disconnect or remove; `actor`: an id."""

    at: datetime
    action: str
    actor: str
    detail: dict[str, str]


def note(transaction: Transaction, place: Place, entry: AuditEntry) -> None:
    """Add `entry` to the trail; it is written with the transaction's commit, together with its neighbours'."""
    transaction.at_commit(
        INSERT,
        {
            "at": entry.at,
            "tenant_id": place.tenant_id,
            "place_id": place.place_id,
            "action": entry.action,
            "actor": entry.actor,
            "detail": json.dumps(entry.detail) if entry.detail else "{}",
        },
    )


def entries(transaction: Transaction, place: Place) -> list[AuditEntry]:
    """Return what was done in `place`, oldest first."""
    rows = transaction.execute(SELECT, {"tenant": place.tenant_id, "place": place.place_id})
    return [AuditEntry(row.at, row.action, row.actor, json.loads(row.detail)) for row in rows]
