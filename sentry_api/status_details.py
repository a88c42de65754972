"""How an issue was resolved or archived."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sentry_api.projects import version_from
from sentry_api.values import count, flag, line, mapping, moment


@dataclass(frozen=True, slots=True)
class StatusDetails:
    """What ends the status, where something does, and who set it (`by`). None and "" stand for what is not told.

    `events`, `users`: archived until that many more come, within `event_minutes`, `user_minutes` if given.
    Sentry shows a resolution in the next release as `in_next_release`, or as `in_release` of the present one.
    """

    in_release: str = ""
    in_next_release: bool = False
    in_commit: str = ""
    until: datetime | None = None
    events: int | None = None
    event_minutes: int | None = None
    users: int | None = None
    user_minutes: int | None = None
    by: str = ""


def status_details_from(data: Any) -> StatusDetails:
    """Build the details; odd ones read as not told."""
    found = mapping(data)
    commit = found.get("inCommit")
    return StatusDetails(
        in_release=version_from(found.get("inRelease")),
        in_next_release=flag(found.get("inNextRelease")) is True,
        in_commit=line(mapping(commit).get("commit") or mapping(commit).get("id") or commit, 100),
        until=moment(found.get("ignoreUntil")),
        events=count(found.get("ignoreCount")),
        event_minutes=count(found.get("ignoreWindow")),
        users=count(found.get("ignoreUserCount")),
        user_minutes=count(found.get("ignoreUserWindow")),
        by=line(mapping(found.get("actor")).get("name"), 200),
    )
