"""One turn as log and metrics see it: where, of what kind, with which outcome, how long."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog

import metrics
import tracing
from store import StoreUnavailable

HANDLED, NO_PLACE, REPEATED = "handled", "no_place", "repeated"
LONGEST = 50


@dataclass(slots=True)
class Turn:
    """What is known so far; `outcome` is a word of ours, `activity` is what the caller called it."""

    activity: str = ""
    outcome: str = HANDLED
    began: float = field(default_factory=time.perf_counter)

    def end(self) -> None:
        """Count the turn, and let the line that is still to come tell outcome and duration."""
        seconds = time.perf_counter() - self.began
        metrics.turn(self.activity, self.outcome, seconds)
        tracing.annotate(outcome=self.outcome)
        structlog.contextvars.bind_contextvars(outcome=self.outcome, ms=round(seconds * 1000, 1))


_current: ContextVar[Turn] = ContextVar("turn")


def begin() -> Turn:
    """Start a turn."""
    turn = Turn()
    _current.set(turn)
    return turn


def describe(activity: str, event: str, tenant: str, kind: str) -> None:
    """Say what the turn is about: the activity's type, the event in it, the tenant, the kind of place."""
    turn = _current.get(None)
    if turn is not None:
        turn.activity = activity
    facts = {"activity": activity[:LONGEST], "tenant": tenant, "kind": kind}
    structlog.contextvars.bind_contextvars(activity_event=event[:LONGEST], **facts)
    tracing.annotate(**facts)


def conclude(outcome: str) -> None:
    """Say that the turn ends otherwise than usual."""
    turn = _current.get(None)
    if turn is not None:
        turn.outcome = outcome


def outcome_of(error: Exception) -> str:
    """Return the word for a turn that ends with an exception."""
    return "store_unavailable" if isinstance(error, StoreUnavailable) else "failed"
