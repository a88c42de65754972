"""What happens to an installation between its arrival and its removal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, update

from model import Installation, Place
from store.audit import AuditEntry, note
from store.connections import forget_connections, take_turns
from store.deliveries import drop
from store.delivery_facts import WELCOME
from store.rows import PLACE, clean, find, key_of
from store.tables import installations
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

columns = installations.c
EMPTY: dict[str, object] = {
    **dict.fromkeys(("name", "service_url", "conversation_id", "user_id"), ""),
    **dict.fromkeys(("setup_nonce", "used_nonce"), None),
    **dict.fromkeys(("welcome_claim", "welcome_claimed_at", "welcome_activity_id", "welcomed_at"), None),
    **dict.fromkeys(("welcome_delivery_id", "unreachable_at", "unreachable_reason"), None),
}


def _tombstone(insert: Callable[..., Any]) -> Insert:
    """A removal of what never arrived, or was removed before: it only moves the time before which adds are refused."""
    adding = insert(installations)
    new = adding.excluded
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[columns.tenant_id, columns.place_id],
        set_={"removed_at": new.removed_at, "installed_at": new.installed_at},
        where=(columns.removed_at < new.removed_at),
    )
    return statement


TOMBSTONE = Upsert(_tombstone)
REMOVE = (
    update(installations)
    .where(*PLACE, columns.installed_at <= bindparam("at", type_=UtcTime))
    .values(**EMPTY, removed_at=bindparam("at", type_=UtcTime), installed_at=bindparam("at", type_=UtcTime))
    .returning(columns.id)
)
RENAME = update(installations).where(*PLACE, columns.name != bindparam("to")).values(name=bindparam("to"))
NEW_LINK = update(installations).where(*PLACE).values(setup_nonce=bindparam("nonce"))


def remove(transaction: Transaction, place: Place, at: datetime, actor: str) -> bool:
    """Forget the installation; return whether there was one that is not newer than the removal."""
    take_turns(transaction, place.tenant_id)
    # The tombstone comes first: once the row is there, nobody can slip in between it and the update.
    transaction.execute(TOMBSTONE[transaction.dialect], _tombstone_values(place, at))
    row = transaction.one(REMOVE, {**key_of(place), "at": at})
    if row is None:
        return False
    forget_connections(transaction, row.id)
    drop(transaction, row.id, "the bot was removed")
    note(transaction, place, AuditEntry(at, "remove", actor, {}))
    return True


def _tombstone_values(place: Place, at: datetime) -> dict[str, object]:
    key = {"tenant_id": place.tenant_id, "place_id": place.place_id, "kind": place.kind.value}
    return {**EMPTY, **key, "installed_at": at, "removed_at": at}


def rename(transaction: Transaction, place: Place, name: str) -> None:
    """Store the new name of a place."""
    transaction.execute(RENAME, {**key_of(place), "to": clean(name)})


def new_setup_link(transaction: Transaction, place: Place, nonce: str) -> Installation | None:
    """Let the setup link that `nonce` names be the only one that works; None if there is no installation."""
    transaction.execute(NEW_LINK, {**key_of(place), "nonce": nonce})
    installation = find(transaction, place)
    if installation is not None:
        drop(transaction, installation.id, "a newer setup link was issued", WELCOME)
    return installation
