"""When a call to the connector is worth another try, and after how long."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adapter.errors import ConnectorError

FIRST_WAIT = 0.4
LONGEST_WAIT = 5.0
MOST_ATTEMPTS = 5
LONGEST_PAUSE = 86_400.0
DIGITS = 9
# The service says that it did not take the activity: sending again cannot double it (Microsoft docs,
# conversation-messages, "Status codes from agent conversational APIs").
_NOT_TAKEN = frozenset({412, 429, 503})
# A gateway gave up on the service behind it, which may have taken the activity. Teams offers no idempotency key, so a
# POST is not repeated within the turn; what may wait is sent again later by the delivery, knowing that risk.
_UNKNOWN_IF_TAKEN = frozenset({502, 504})
# Wrong credentials are mended by the operator, not by the caller.
_LATER = _NOT_TAKEN | _UNKNOWN_IF_TAKEN | {401, 408}
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that failed: its HTTP method, which try it was (from 1), and whether anything was sent at all."""

    method: str
    number: int
    sent: bool


def is_retryable(status: int | None) -> bool:
    """Say whether the same call may succeed later."""
    return status is None or status in _LATER


def may_be_taken(status: int | None, *, sent: bool) -> bool:
    """Say whether the connector may have accepted the activity although no success was seen."""
    return status in _UNKNOWN_IF_TAKEN or (status is None and sent)


def wait_before_retry(attempt: Attempt, error: ConnectorError, left: float, jitter: float) -> float | None:
    """Return the seconds to wait before the call is made again, None when it is not.

    left: seconds until the caller's deadline. jitter: 0 to 1, at random.
    """
    if attempt.number >= MOST_ATTEMPTS or not _may_repeat(attempt, error.status):
        return None
    wait = error.retry_after if error.retry_after is not None else _backoff(attempt.number, jitter)
    return wait if wait < left else None


def _may_repeat(attempt: Attempt, status: int | None) -> bool:
    if status in _NOT_TAKEN:
        return True
    if status is None:
        return not attempt.sent or attempt.method in _IDEMPOTENT
    return status in _UNKNOWN_IF_TAKEN and attempt.method in _IDEMPOTENT


def _backoff(number: int, jitter: float) -> float:
    # Full jitter over a doubling ceiling, never at once.
    return float(min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1)) * (0.5 + jitter / 2))


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number, or an HTTP date), None when it is unusable."""
    text = (value or "").strip()
    if text.isdecimal():
        return LONGEST_PAUSE if len(text) > DIGITS else min(float(text), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
        wait = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, OverflowError):  # no date, or one outside of the calendar
        return None
    return max(0.0, min(wait, LONGEST_PAUSE))
