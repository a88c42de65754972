"""Times in the database: UTC, with their zone going in and coming out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A point in time. PostgreSQL keeps it as timestamptz, SQLite as ISO text of one width, which sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Return what turns a time with a zone into what the database keeps."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """Return what turns it back."""
        return _from_text if dialect.name == "sqlite" else _to_utc


def _to_utc(time: datetime | None) -> datetime | None:
    if time is None:
        return None
    if time.tzinfo is None:
        raise ValueError("the store takes times with a zone only")
    return time.astimezone(UTC)


def _to_text(time: datetime | None) -> str | None:
    utc = _to_utc(time)
    return None if utc is None else utc.isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
