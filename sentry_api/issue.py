"""An issue, as Sentry's API and its webhooks describe it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sentry_api.addresses import address
from sentry_api.errors import SentryAnswer
from sentry_api.projects import Project, project_from, version_from
from sentry_api.status_details import StatusDetails, status_details_from
from sentry_api.values import count, flag, identifier, items, line, mapping, moment

E = TypeVar("E", bound=StrEnum)
_SHORT_ID = re.compile(r"[A-Z0-9](?:[A-Z0-9_-]{0,62}[A-Z0-9])?-[A-Z0-9]{1,20}", re.ASCII | re.IGNORECASE)
_HOURS = 24
_PAIR = 2


class IssueStatus(StrEnum):
    """What an issue is. Sentry's API says "ignored" for what its pages call archived."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    ARCHIVED = "ignored"
    OTHER = "other"


class Priority(StrEnum):
    """How much an issue matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who has the issue: `kind` is "user" or "team"."""

    kind: str
    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue. None and "" stand for what Sentry does not tell; `hours` are the events of each of the last 24 hours.

    `url` is where Sentry says a person looks at it: check it with addresses.own_address before it is shown.
    """

    id: str
    short_id: str
    title: str
    culprit: str
    level: str
    status: IssueStatus
    substatus: str
    details: StatusDetails
    priority: Priority | None
    project: Project | None
    assignee: Assignee | None
    url: str
    error_type: str
    error_value: str
    platform: str
    category: str
    unhandled: bool | None
    events: int | None
    users: int | None
    comments: int | None
    first_seen: datetime | None
    last_seen: datetime | None
    first_release: str
    last_release: str
    hours: tuple[int, ...]


def short_id(value: Any) -> str:
    """Return a short id like WEB-1A, in capitals; "" when it cannot be one."""
    return value.upper() if isinstance(value, str) and _SHORT_ID.fullmatch(value) else ""


def issue_from(data: Any) -> Issue:
    """Build the issue from Sentry's JSON; raises SentryAnswer when it has no id."""
    found = mapping(data)
    if not identifier(found.get("id")):
        raise SentryAnswer(200, "the answer describes no issue")
    about = mapping(found.get("metadata"))
    return Issue(
        id=identifier(found["id"]),
        short_id=short_id(found.get("shortId")),
        title=line(found.get("title")),
        culprit=line(found.get("culprit")),
        level=line(found.get("level"), 20),
        status=one_of(IssueStatus, found.get("status")) or IssueStatus.OTHER,
        substatus=line(found.get("substatus"), 40),
        details=status_details_from(found.get("statusDetails")),
        priority=one_of(Priority, found.get("priority")),
        project=project_from(found.get("project")),
        assignee=assignee_from(found.get("assignedTo")),
        url=address(found.get("web_url")) or address(found.get("permalink")),
        error_type=line(about.get("type")),
        error_value=line(about.get("value")),
        platform=line(found.get("platform"), 60),
        category=line(found.get("issueCategory"), 60),
        unhandled=flag(found.get("isUnhandled")),
        events=count(found.get("count")),
        users=count(found.get("userCount")),
        comments=count(found.get("numComments")),
        first_seen=moment(found.get("firstSeen")),
        last_seen=moment(found.get("lastSeen")),
        first_release=version_from(found.get("firstRelease")),
        last_release=version_from(found.get("lastRelease")),
        hours=_hours(mapping(found.get("stats")).get("24h")),
    )


def maybe_issue_from(data: Any) -> Issue | None:
    """Build the issue, or None when the JSON describes none."""
    return issue_from(data) if identifier(mapping(data).get("id")) else None


def assignee_from(data: Any) -> Assignee | None:
    """Build the assignee; None when nobody has the issue."""
    found = mapping(data)
    kind, person = found.get("type"), identifier(found.get("id"))
    if kind not in ("user", "team") or not person:
        return None
    email = line(found.get("email"), 254)
    return Assignee(kind, person, line(found.get("name"), 200) or email or person, email)


def one_of(kind: type[E], value: Any) -> E | None:
    """Return the member of the enumeration with this value, or None."""
    return next((member for member in kind if member.value == value), None)


def _hours(data: Any) -> tuple[int, ...]:
    pairs = [pair for pair in items(data)[-_HOURS:] if isinstance(pair, list) and len(pair) == _PAIR]
    return tuple(count(pair[1]) or 0 for pair in pairs)
