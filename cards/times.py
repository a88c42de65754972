"""Times and counts, as readers see them."""

from datetime import UTC, datetime


def local_time(at: datetime) -> str:
    """Return Teams' text functions for date and time in the reader's language and zone; they require seconds and Z."""
    instant = f"{_utc(at).replace(tzinfo=None, microsecond=0).isoformat()}Z"
    return f"{{{{DATE({instant}, SHORT)}}}} {{{{TIME({instant})}}}}"


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within hours of the first or the last moment there is
        return at


def counted(number: int, noun: str) -> str:
    """Return "1 event", "2,345 events"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def minutes(number: int) -> str:
    """Return a stretch of time in the largest unit that fits: "15 minutes", "2 hours", "1 day"."""
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if number and number % size == 0:
            return counted(number // size, unit)
    return counted(number, "minute")
