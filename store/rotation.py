"""Secrets under a new key: every column of every table whose name ends in _encrypted."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Table, bindparam, select, update

from store.secrets import Cipher
from store.tables import metadata
from store.transaction import Transaction

ENDING = "_encrypted"


@dataclass(frozen=True, slots=True)
class Secret:
    """One stored secret: where it stands, and how it is encrypted now."""

    column: Column[str]
    row: tuple[object, ...]
    encrypted: str


def encrypted_columns() -> Iterator[Column[str]]:
    """Return every column that holds secrets."""
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if column.name.endswith(ENDING))


def secrets(transaction: Transaction) -> list[Secret]:
    """Return every stored secret."""
    return [secret for column in encrypted_columns() for secret in _of(transaction, column)]


def _of(transaction: Transaction, column: Column[str]) -> Iterator[Secret]:
    key = list(_table(column).primary_key.columns)
    for row in transaction.execute(select(column, *key).where(column.is_not(None)).order_by(*key), {}):
        yield Secret(column, tuple(row[1:]), row[0])


def renew(transaction: Transaction, secret: Secret, cipher: Cipher) -> bool:
    """Encrypt a secret by the first key; False if it is already, or is another one by now. Raises SecretUnreadable."""
    renewed = cipher.renew(secret.encrypted)
    if renewed is None:
        return False
    table, column = _table(secret.column), secret.column
    here = [each == value for each, value in zip(table.primary_key.columns, secret.row, strict=True)]
    statement = update(table).where(*here, column == bindparam("before")).values({column: bindparam("renewed")})
    return transaction.execute(statement, {"before": secret.encrypted, "renewed": renewed}).rowcount == 1


def _table(column: Column[str]) -> Table:
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - columns of metadata's tables
    return table
