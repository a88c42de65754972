"""What can be changed about an issue, as values; `body_of` makes the JSON that Sentry takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from sentry_api.archiving import ArchiveUntil, UntilEscalating
from sentry_api.issue import Priority
from sentry_api.values import identifier

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Resolve:
    """Resolve now, in a release (`in_release`: a version, or LATEST for the current one), or in the next release.

    Sentry leaves an issue that is resolved already as it is, release and all: unresolve it first to correct that.
    """

    in_release: str = ""
    in_next_release: bool = False

    def __post_init__(self) -> None:
        if self.in_release and self.in_next_release:
            raise ValueError("one release, or the next")

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        release = {"inRelease": self.in_release} if self.in_release else {}
        return {"status": "resolved", "statusDetails": {"inNextRelease": True} if self.in_next_release else release}


@dataclass(frozen=True, slots=True)
class Unresolve:
    """Resolved or archived no longer."""

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"status": "unresolved"}


@dataclass(frozen=True, slots=True)
class Archive:
    """Out of sight `until` something happens (see sentry_api.archiving)."""

    until: ArchiveUntil = field(default_factory=UntilEscalating)

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"status": "ignored", **self.until.body}


@dataclass(frozen=True, slots=True)
class AssignTo:
    """Give the issue to a person or a team, or (nobody) take it away from whoever has it."""

    kind: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if (self.kind not in ("user", "team") or not identifier(self.id)) and (self.kind or self.id):
            raise ValueError("a user or a team with an id, or nobody")

    @classmethod
    def user(cls, user_id: str) -> Self:
        """To a person, by the user's id (Member.user_id)."""
        return cls("user", user_id)

    @classmethod
    def team(cls, team_id: str) -> Self:
        """To a team, by its id."""
        return cls("team", team_id)

    @classmethod
    def nobody(cls) -> Self:
        """To nobody."""
        return cls()

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"assignedTo": f"{self.kind}:{self.id}" if self.kind else ""}


@dataclass(frozen=True, slots=True)
class SetPriority:
    """How much it matters, from now on; Sentry stops judging by itself."""

    priority: Priority

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"priority": self.priority.value}


Change: TypeAlias = Resolve | Unresolve | Archive | AssignTo | SetPriority


def body_of(*changes: Change) -> dict[str, object]:
    """Return one request's JSON for all changes; raises ValueError when two change the same."""
    body: dict[str, object] = {}
    for change in changes:
        if body.keys() & change.body.keys():
            raise ValueError("two changes of the same")
        body |= change.body
    if not body:
        raise ValueError("no change")
    return body
