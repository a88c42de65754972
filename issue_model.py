"""What cards, services and store know of an issue. Imports nothing of ours. "", None and empty: not told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IssueStatus(StrEnum):
    """What an issue is; the values are Sentry's, whose API says "ignored" for archived."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    ARCHIVED = "ignored"


class Priority(StrEnum):
    """How much an issue matters; the values are Sentry's."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Trend(StrEnum):
    """What an open issue does; the values are Sentry's `substatus`."""

    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"
    ESCALATING = "escalating"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePlace:
    """The frame in the app's own code that is nearest to the error; `code` is the line itself."""

    file: str
    function: str = ""
    line: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A rule that fired, or a subscription that matched."""

    name: str
    url: str = ""
    fired_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who has the issue: a person, a team, or NOBODY; None where an owner could stand says that it is not told."""

    name: str
    is_team: bool = False


NOBODY = Owner(name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an issue was resolved or archived, by whom and when.

    `events`, `users`: archived until that many more. `until_escalating`, `forever`: as they say.
    """

    in_release: str = ""
    in_next_release: bool = False
    in_commit: str = ""
    until: datetime | None = None
    events: int | None = None
    users: int | None = None
    until_escalating: bool = False
    forever: bool = False
    by: str = ""
    at: datetime | None = None


NO_OUTCOME = Outcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsPerson:
    """Somebody in Teams who can be @mentioned: `id` is the Entra object id or the bot's id of them (29:…)."""

    id: str
    name: str


class CommentState(StrEnum):
    """What became of a comment; the values are Sentry's."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFacts:
    """A comment on an issue; `text` is Markdown as Sentry's people write it."""

    author: str
    text: str
    state: CommentState = CommentState.CREATED
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """An issue as a card shows it; every text is as Sentry gave it. `url` is its page, checked to be on that Sentry.

    `happened` is the exception's value or the message; `tags` those that the place wants to see, in its order.
    """

    title: str
    url: str
    short_id: str = ""
    error_type: str = ""
    happened: str = ""
    culprit: str = ""
    code: CodePlace | None = None
    level: str = ""
    unhandled: bool | None = None
    priority: Priority | None = None
    status: IssueStatus = IssueStatus.UNRESOLVED
    trend: Trend | None = None
    outcome: Outcome = NO_OUTCOME
    owner: Owner | None = None
    project: str = ""
    environment: str = ""
    release: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    events: int | None = None
    users: int | None = None
    tags: tuple[tuple[str, str], ...] = ()
    rules: tuple[AlertRule, ...] = ()
