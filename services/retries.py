"""What follows from an activity that the connector did not take."""

from dataclasses import dataclass

from adapter.errors import ConnectorError

FIRST_WAIT = 1_000
LONGEST_WAIT = 300_000
MOST_DOUBLINGS = 12


@dataclass(frozen=True, slots=True)
class Again:
    """Try again at `at`, in milliseconds."""

    at: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The activity will not be taken, or not in time."""

    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing will be taken in that conversation until something is heard from it."""

    why: str


def decide(error: ConnectorError, attempts: int, now: int, deadline: int, jitter: float) -> Again | GiveUp | Gone:
    """Return what to do after `attempts` tries (this one included); times in milliseconds, jitter from 0 to 1."""
    if error.gone:
        return Gone(str(error))
    if not error.retryable:
        return GiveUp(str(error))
    at = now + _wait(error.retry_after, attempts, jitter)
    return Again(at) if at < deadline else GiveUp(f"no more time: {error}")


def _wait(retry_after: float | None, attempts: int, jitter: float) -> int:
    if retry_after is not None:
        return round(retry_after * 1000)
    ceiling = min(LONGEST_WAIT, FIRST_WAIT << min(attempts, MOST_DOUBLINGS))
    return round(ceiling * (0.5 + jitter))
