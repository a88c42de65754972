"""Which places can be reached, and where: learned from what comes from them, and from what cannot be posted there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, null, or_, update

from model import Place, PlaceKind
from store.audit import AuditEntry, note
from store.prepared import Prepared
from store.rows import PLACE, clean, key_of
from store.tables import installations
from store.times import UtcTime
from store.transaction import Transaction

columns = installations.c
_lost = columns.unreachable_at.is_not(None)

HEARD = Prepared.of(
    update(installations)
    .where(*PLACE, or_(columns.service_url != bindparam("to"), _lost))
    .values(
        service_url=bindparam("to"),
        unreachable_at=null(),
        unreachable_reason=null(),
        # A welcome that never arrived is due again.
        welcome_delivery_id=case((_lost, null()), else_=columns.welcome_delivery_id),
    )
    .returning(columns.id)
)
_UNREACHABLE = (
    update(installations)
    .where(columns.removed_at.is_(None))
    .values(unreachable_at=bindparam("now", type_=UtcTime), unreachable_reason=bindparam("why"))
    .returning(columns.tenant_id, columns.place_id, columns.kind)
)
UNREACHABLE = _UNREACHABLE.where(*PLACE)
UNREACHABLE_INSTALLATION = _UNREACHABLE.where(columns.id == bindparam("installation"))


def heard(transaction: Transaction, place: Place, service_url: str) -> None:
    """Note that something came from a place: it can be reached, there; writes only when that is news."""
    transaction.hot(HEARD, {**key_of(place), "to": service_url})


def unreachable(transaction: Transaction, place: Place, why: str, now: datetime) -> None:
    """Note that nothing can be posted in a place, until something is heard from it."""
    values = {**key_of(place), "now": now, "why": clean(why)}
    _told(transaction, transaction.one(UNREACHABLE, values), why, now)


def unreachable_installation(transaction: Transaction, installation_id: int, why: str, now: datetime) -> None:
    """Note the same of an installation."""
    values = {"installation": installation_id, "now": now, "why": clean(why)}
    _told(transaction, transaction.one(UNREACHABLE_INSTALLATION, values), why, now)


def _told(transaction: Transaction, row: Row[Any] | None, why: str, now: datetime) -> None:
    if row is not None:
        place = Place(row.tenant_id, row.place_id, PlaceKind(row.kind))
        note(transaction, place, AuditEntry(now, "unreachable", "", {"reason": why}))
