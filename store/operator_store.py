"""What whoever runs the bot may see and do, from the command line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, select

from model import Installation
from store import rotation
from store.errors import SecretUnreadable
from store.rotation import Secret
from store.rows import CONNECTION, connection_of, installation_of
from store.secrets import Cipher
from store.tables import connections, installations, organizations
from store.transaction import Transaction
from store.worker import ALONE, Worker

columns = installations.c
_ALL = (
    select(installations, *CONNECTION)
    .select_from(installations.outerjoin(connections).outerjoin(organizations))
    .order_by(columns.id, connections.c.id)
)
_LISTED = (
    select(columns.id)
    .where(columns.removed_at.is_(None), columns.id > bindparam("after"))
    .order_by(columns.id)
    .limit(bindparam("most"))
)
PAGE = _ALL.where(columns.id.in_(_LISTED))
ONE = _ALL.where(columns.removed_at.is_(None), columns.id == bindparam("installation"))
SECRETS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """An installation with what else is known of it; `unreachable_reason` None: it can be reached."""

    installation: Installation
    welcomed_at: datetime | None
    unreachable_at: datetime | None
    unreachable_reason: str | None


@dataclass(frozen=True, slots=True)
class Rotated:
    """What came of the secrets: encrypted anew, not readable by any key, and all that there are."""

    renewed: int
    unreadable: int
    total: int


class OperatorStore:
    """Any method may raise StoreUnavailable."""

    def __init__(self, writer: Worker, reader: Worker, cipher: Cipher) -> None:
        self._writer = writer
        self._reader = reader
        self._cipher = cipher

    async def installations(self, after: int, most: int) -> list[Kept]:
        """Return at most `most` installations whose id is higher than `after`, in the order of their ids."""
        parameters = {"after": after, "most": most}
        return await self._reader.run(lambda transaction: _kept(transaction.execute(PAGE, parameters).all()))

    async def installation(self, installation_id: int) -> Kept | None:
        """Return one installation, None if there is none of that id."""
        found = await self._reader.run(
            lambda transaction: _kept(transaction.execute(ONE, {"installation": installation_id}).all())
        )
        return found[0] if found else None

    async def rotate_keys(self, progress: Callable[[Rotated], None]) -> Rotated:
        """Encrypt every secret by the first key, some at a time; what is done stays done. Tells `progress`."""
        secrets = await self._reader.run(rotation.secrets)
        state = Rotated(0, 0, len(secrets))
        for start in range(0, len(secrets), SECRETS_AT_ONCE):
            some = secrets[start : start + SECRETS_AT_ONCE]
            renewed, unreadable = await self._writer.run(self._renewing(some), ALONE)
            state = Rotated(state.renewed + renewed, state.unreadable + unreadable, state.total)
            progress(state)
        return state

    def _renewing(self, some: Sequence[Secret]) -> Callable[[Transaction], tuple[int, int]]:
        def operation(transaction: Transaction) -> tuple[int, int]:
            renewed = unreadable = 0
            for secret in some:
                try:
                    renewed += rotation.renew(transaction, secret, self._cipher)
                except SecretUnreadable:
                    unreadable += 1
            return renewed, unreadable

        return operation


def _kept(rows: Sequence[Row[Any]]) -> list[Kept]:
    """Return the installations in `rows`, which have one row for each of their connections, and stand together."""
    return [_kept_of(list(group)) for _, group in groupby(rows, lambda row: row.id)]


def _kept_of(rows: Sequence[Row[Any]]) -> Kept:
    first = rows[0]
    connected = tuple(connection_of(row) for row in rows if row.connection_id)
    return Kept(installation_of(first, connected), first.welcomed_at, first.unreachable_at, first.unreachable_reason)
