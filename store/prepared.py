"""Statements of the hot path: compiled once by SQLAlchemy, then run by the driver itself.

What SQLAlchemy does around every execution costs more than the database's own work on statements as small as these.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Statement = Insert | Update | Delete | Select[Any]
Convert = Callable[[Any], Any]


class Prepared:
    """One statement, in the words of each dialect."""

    def __init__(self, statements: Mapping[str, Statement]) -> None:
        self._statements = statements
        self._compiled: dict[str, _Compiled] = {}

    @classmethod
    def of(cls, statement: Statement) -> "Prepared":
        """Return a statement that is the same in every dialect."""
        return cls({"sqlite": statement, "postgresql": statement})

    def one(self, connection: Connection, parameters: Mapping[str, object]) -> Any:
        """Run the statement; return its only row, with the columns as attributes, or None.

        parameters: always the same names.
        """
        return next(iter(self.all(connection, parameters)), None)

    def all(self, connection: Connection, parameters: Mapping[str, object]) -> list[Any]:
        """Run the statement; return its rows, with the columns as attributes.

        parameters: always the same names.
        """
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            statement = self._statements[dialect.name]
            compiled = self._compiled[dialect.name] = _compile(statement, dialect, list(parameters))
        return compiled.all(connection, parameters)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The text for the driver, and what turns values into the driver's and back where they differ."""

    text: str
    sent: list[tuple[str, Convert]]
    row: Callable[..., Any]
    received: list[tuple[int, Convert]]

    def all(self, connection: Connection, parameters: Mapping[str, object]) -> list[Any]:
        sent = dict(parameters)
        for name, convert in self.sent:
            sent[name] = convert(sent[name])
        return [self._received(values) for values in self._execute(connection, sent)]

    def _execute(self, connection: Connection, parameters: dict[str, object]) -> Any:
        driver = connection.connection
        cursor = driver.cursor()
        try:
            cursor.execute(self.text, parameters)
            return cursor.fetchall() if cursor.description else ()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, self.text, connection) from error
        finally:
            cursor.close()

    def _received(self, values: Any) -> Any:
        received = list(values)
        for index, convert in self.received:
            received[index] = convert(received[index])
        return self.row(*received)


def _compile(statement: Statement, dialect: Dialect, parameters: list[str]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=parameters)
    sent = [(name, _sent(bind.type, dialect)) for name, bind in compiled.binds.items()]
    columns = list(statement.exported_columns)
    received = [(index, _received(column.type, dialect)) for index, column in enumerate(columns)]
    return _Compiled(
        text=str(compiled),
        sent=[(name, convert) for name, convert in sent if convert],
        row=namedtuple("Row", [str(column.key) for column in columns]),  # noqa: PYI024 - named at run time
        received=[(index, convert) for index, convert in received if convert],
    )


def _sent(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _received(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _wrapped(error: Any, text: str, connection: Connection) -> BaseException:
    """Return the driver's error as SQLAlchemy raises it, so that there is one way to understand both."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    base = dialect.loaded_dbapi.Error
    wrapped: BaseException = DBAPIError.instance(
        text, None, error, base, True, connection_invalidated=lost, dialect=dialect
    )
    return wrapped
