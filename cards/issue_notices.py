"""What is happening to an issue's card right now: lines between its head and its facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cards import parts
from cards.escape import markdown
from cards.times import counted, local_time, minutes

_LONGEST_REASON = 180
_LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class Working:
    """Somebody's click is being carried out. `what`: our words, like "resolving it"; `by`: "" when not known."""

    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A click changed nothing. `what`: our words, like "resolve it"; `reason`: Sentry's own, or ours.

    Nobody's reason needs to be blamed on Sentry: `from_sentry` says whose words these are.
    """

    what: str
    reason: str
    by: str = ""
    from_sentry: bool = True


@dataclass(frozen=True, slots=True)
class Storm:
    """How often it happened again since the card was posted, counted on the card instead of posting anew."""

    events: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Notices:
    """All that a card may say beside the issue itself. `muted_until`: alerts are muted in this place until then."""

    progress: Working | Failed | None = None
    storm: Storm | None = None
    muted_until: datetime | None = None
    sample: bool = False


NO_NOTICES = Notices()


def notice_blocks(notices: Notices) -> Iterator[dict[str, Any]]:
    """Yield the elements; what matters most first."""
    if isinstance(notices.progress, Failed):
        yield parts.bad_news(_failed(notices.progress))
    if isinstance(notices.progress, Working):
        yield parts.news(_working(notices.progress))
    if notices.storm:
        yield parts.news(_storm(notices.storm))
    if notices.sample:
        yield parts.news("A sample: nothing is broken, and nothing on this card exists in Sentry.")
    if notices.muted_until:
        yield parts.news(f"Muted here until {local_time(notices.muted_until)}.")


def _working(working: Working) -> str:
    by = markdown(working.by, limit=_LONGEST_NAME)
    return f"Working on it: {working.what}{f' for {by}' if by else ''} …"


def _failed(failed: Failed) -> str:
    by = markdown(failed.by, limit=_LONGEST_NAME)
    reason = markdown(failed.reason, "no reason given", _LONGEST_REASON)
    said = f"Sentry says: “{reason}”" if failed.from_sentry else reason
    return f"Could not {failed.what}{f' for {by}' if by else ''}. {said}"


def _storm(storm: Storm) -> str:
    return f"Updated: {counted(storm.events, 'event')} in the last {minutes(storm.minutes).removeprefix('1 ')}."
