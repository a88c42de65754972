"""What Sentry says about its limits, in headers on every answer."""

from collections.abc import Mapping
from dataclasses import dataclass

_PREFIX = "X-Sentry-Rate-Limit-"
# Sentry's windows are seconds long; what is not told is worth a second.
DEFAULT_WAIT = 1.0
LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One answer's headers. `reset` is when the window ends (seconds since 1970); None: not told."""

    limit: int | None
    remaining: int | None
    reset: float | None
    concurrent_limit: int | None
    concurrent_remaining: int | None

    def wait(self, now: float) -> float:
        """Return the seconds until Sentry takes more requests: 0 while some remain."""
        return 0.0 if self.remaining != 0 else _seconds_until(self.reset, now)


def rate_limit_from(headers: Mapping[str, str]) -> RateLimit:
    """Read the headers; odd ones read as not told."""
    names = ("Limit", "Remaining", "ConcurrentLimit", "ConcurrentRemaining")
    limit, remaining, concurrent_limit, concurrent_remaining = (_whole(headers.get(_PREFIX + name)) for name in names)
    return RateLimit(limit, remaining, _seconds(headers.get(_PREFIX + "Reset")), concurrent_limit, concurrent_remaining)


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Return the seconds to wait after a 429: by Retry-After, else by the end of the window, else one second."""
    told = _seconds(headers.get("Retry-After"))
    if told is not None:
        return min(told, LONGEST_WAIT)
    limits = rate_limit_from(headers)
    # Too many at once, not too many in the window: the window's end says nothing about that.
    if limits.concurrent_remaining == 0 and limits.remaining != 0:
        return DEFAULT_WAIT
    return _seconds_until(limits.reset, now)


def _seconds_until(reset: float | None, now: float) -> float:
    if reset is None:
        return DEFAULT_WAIT
    return min(max(reset - now, 0.0), LONGEST_WAIT)


def _seconds(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _whole(text: str | None) -> int | None:
    value = _seconds(text)
    return None if value is None else int(value)
