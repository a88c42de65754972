"""Members, teams and people, as Sentry's API describes them."""

from dataclasses import dataclass
from typing import Any

from sentry_api.values import flag, identifier, key, line, mapping

_LONGEST_NAME = 200
_LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in an organization. Issues are assigned to `user_id`; an invitation not yet accepted has none."""

    id: str
    user_id: str
    name: str
    email: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A team of an organization."""

    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class SentryUser:
    """A person's account in one Sentry installation."""

    id: str
    name: str
    email: str


def member_from(data: Any) -> Member | None:
    """Build a member of an organization or of a project; None when it is none."""
    found = mapping(data)
    user = mapping(found.get("user"))
    email = line(found.get("email"), _LONGEST_EMAIL) or line(user.get("email"), _LONGEST_EMAIL)
    name = line(found.get("name"), _LONGEST_NAME) or line(user.get("name"), _LONGEST_NAME) or email
    user_id = identifier(user.get("id")) if flag(user.get("isActive")) is not False else ""
    if not (identifier(found.get("id")) and name):
        return None
    pending = flag(found.get("pending")) is True or flag(found.get("expired")) is True
    return Member(identifier(found.get("id")), user_id, name, email, pending)


def team_from(data: Any) -> Team | None:
    """Build a team; None when it is none."""
    found = mapping(data)
    slug, team_id = key(found.get("slug")), identifier(found.get("id"))
    return Team(team_id, slug, line(found.get("name"), _LONGEST_NAME) or slug) if team_id and slug else None


def user_from(data: Any) -> SentryUser | None:
    """Build the person from a token answer's `user` or from the answer about the signed-in person; None without id."""
    found = mapping(data)
    user_id = identifier(found.get("id")) or identifier(found.get("sub"))
    email = line(found.get("email"), _LONGEST_EMAIL)
    return SentryUser(user_id, line(found.get("name"), _LONGEST_NAME) or email or user_id, email) if user_id else None
