"""What an operation sees of the database: one open transaction, perhaps shared with other operations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Insert, Row

from store.prepared import Prepared

Parameters = Mapping[str, object]


class Transaction:
    """Runs statements; inserts that nobody waits for are gathered and written together just before the commit."""

    __slots__ = ("_connection", "_gathered", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: dict[Insert, list[Parameters]] = {}
        self.dialect = connection.dialect.name

    def execute(self, statement: Executable, parameters: Parameters) -> CursorResult[Any]:
        """Run `statement` and return its result."""
        return self._connection.execute(statement, parameters)

    def one(self, statement: Executable, parameters: Parameters) -> Row[Any] | None:
        """Run `statement` and return its only row, or None."""
        return self._connection.execute(statement, parameters).one_or_none()

    def hot(self, statement: Prepared, parameters: Parameters) -> Any:
        """Run `statement` at the least cost and return its only row, or None."""
        return statement.one(self._connection, parameters)

    def hot_rows(self, statement: Prepared, parameters: Parameters) -> list[Any]:
        """Run `statement` at the least cost and return its rows."""
        return statement.all(self._connection, parameters)

    def at_commit(self, statement: Insert, parameters: Parameters) -> None:
        """Run `statement` just before the commit, in one go with all that gave the same one."""
        self._gathered.setdefault(statement, []).append(parameters)

    def flush(self) -> None:
        """Write what was gathered."""
        for statement, rows in self._gathered.items():
            self._connection.execute(statement, rows)
