"""Times and counts, as readers see them."""

from datetime import UTC, datetime

from texts import ngettext, number


def local_time(at: datetime) -> str:
    """Return Teams' text functions for date and time in the reader's language and zone; they require seconds and Z."""
    instant = f"{_utc(at).replace(tzinfo=None, microsecond=0).isoformat()}Z"
    return f"{{{{DATE({instant}, SHORT)}}}} {{{{TIME({instant})}}}}"


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within hours of the first or the last moment there is
        return at


def events(count: int) -> str:
    """Return "1 event", "2,345 events"."""
    return ngettext("{count} event", "{count} events", count).format(count=number(count))


def users(count: int) -> str:
    """Return "1 user", "2,345 users"."""
    return ngettext("{count} user", "{count} users", count).format(count=number(count))


def minutes(count: int) -> str:
    """Return a stretch of time in the largest unit that fits: "15 minutes", "2 hours", "1 day"."""
    days, hours = count / (24 * 60), count / 60
    if count and days.is_integer():
        return ngettext("{count} day", "{count} days", int(days)).format(count=number(int(days)))
    if count and hours.is_integer():
        return ngettext("{count} hour", "{count} hours", int(hours)).format(count=number(int(hours)))
    return ngettext("{count} minute", "{count} minutes", count).format(count=number(count))
