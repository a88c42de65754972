"""What is happening to an issue's card right now: lines between its head and its facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cards import parts
from cards.escape import markdown
from cards.times import events, local_time, minutes
from texts import ENGLISH, language
from texts import gettext as _

_LONGEST_REASON = 180
_LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class Working:
    """Somebody's click is being carried out. `what`: marked words, like "resolving it"; `by`: "" when not known."""

    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A click changed nothing. `what`: marked words, like "resolve it"; `reason`: Sentry's own, or ours, marked.

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
        yield parts.news(_("A sample: nothing is broken, and nothing on this card exists in Sentry."))
    if notices.muted_until:
        yield parts.news(_("Muted here until {time}.").format(time=local_time(notices.muted_until)))


def _working(working: Working) -> str:
    by = markdown(working.by, limit=_LONGEST_NAME)
    text = _("Working on it: {what} for {person} …") if by else _("Working on it: {what} …")
    return text.format(what=_(working.what), person=by)


def _failed(failed: Failed) -> str:
    by = markdown(failed.by, limit=_LONGEST_NAME)
    text = failed.reason if failed.from_sentry else _(failed.reason)
    reason = markdown(text, _("no reason given"), _LONGEST_REASON)
    said = _("Sentry says: “{words}”").format(words=reason) if failed.from_sentry else reason
    text = _("Could not {what} for {person}.") if by else _("Could not {what}.")
    return f"{text.format(what=_(failed.what), person=by)} {said}"


def _storm(storm: Storm) -> str:
    span = minutes(storm.minutes)
    # English says "in the last hour".
    span = span.removeprefix("1 ") if language() == ENGLISH else span
    return _("Updated: {events} in the last {time}.").format(events=events(storm.events), time=span)
