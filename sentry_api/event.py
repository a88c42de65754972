"""One event of an issue: of a large report only what a card shows is kept.

Sentry writes events in two ways: as its API shows them (`entries`, `inApp`) and as its webhooks do (`exception`,
`in_app`); both are read here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sentry_api.addresses import address
from sentry_api.frames import Frame, exceptions_in, top_frame
from sentry_api.projects import version_from
from sentry_api.values import flag, identifier, items, line, mapping, moment, paragraph

_EVENT_ID = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
_MOST_TAGS = 50
_LONGEST_TAG = 200
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Event:
    """An event. "" and None stand for what Sentry does not tell. `frame` is the topmost one in the app's own code."""

    id: str
    issue_id: str
    project_id: str
    title: str
    message: str
    culprit: str
    level: str
    platform: str
    environment: str
    release: str
    error_type: str
    error_value: str
    handled: bool | None
    frame: Frame | None
    tags: Mapping[str, str]
    when: datetime | None
    url: str


def event_id(value: Any) -> str:
    """Return the id of an event in lower case, without dashes; "" when it cannot be one."""
    text = value.replace("-", "") if isinstance(value, str) else ""
    return text.lower() if _EVENT_ID.fullmatch(text) else ""


def event_from(data: Any) -> Event:
    """Build the event from either form; whatever is missing or odd reads as not told."""
    found, tags = mapping(data), tags_from(mapping(data).get("tags"))
    about, exceptions = mapping(found.get("metadata")), exceptions_in(found)
    error = exceptions[-1] if exceptions else {}
    return Event(
        id=event_id(found.get("eventID") or found.get("event_id") or found.get("id")),
        issue_id=identifier(found.get("groupID")) or identifier(found.get("issue_id")),
        project_id=identifier(found.get("projectID")) or identifier(found.get("project")),
        title=line(found.get("title")),
        message=paragraph(found.get("message"), 1000)
        or paragraph(mapping(found.get("logentry")).get("formatted"), 1000),
        culprit=line(found.get("culprit")) or line(found.get("location")),
        level=line(found.get("level"), 20) or tags.get("level", ""),
        platform=line(found.get("platform"), 60),
        environment=line(found.get("environment"), 200) or tags.get("environment", ""),
        release=version_from(found.get("release")) or tags.get("release", ""),
        error_type=line(error.get("type")) or line(about.get("type")),
        error_value=line(error.get("value")) or line(about.get("value")),
        handled=flag(mapping(error.get("mechanism")).get("handled")),
        frame=top_frame(found, exceptions),
        tags=tags,
        when=moment(found.get("datetime")) or moment(found.get("dateCreated")) or moment(found.get("timestamp")),
        url=address(found.get("web_url")),
    )


def tags_from(data: Any) -> Mapping[str, str]:
    """Read tags given as pairs or as objects with key and value; at most 50, the first of each key."""
    tags: dict[str, str] = {}
    for name, value in _pairs(data):
        if name and value and len(tags) < _MOST_TAGS:
            tags.setdefault(name, value)
    return tags


def _pairs(data: Any) -> Iterator[tuple[str, str]]:
    for tag in items(data):
        if isinstance(tag, list) and len(tag) == _PAIR:
            yield line(tag[0], _LONGEST_TAG), line(tag[1], _LONGEST_TAG)
        elif isinstance(tag, dict):
            yield line(tag.get("key"), _LONGEST_TAG), line(tag.get("value"), _LONGEST_TAG)
