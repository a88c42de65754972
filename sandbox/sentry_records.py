"""The records of the Sentry stand-in: people, projects, issues, integrations."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization as the API shows it. `open`: its members see every project."""

    id: str
    slug: str
    name: str
    status: str = "active"
    open: bool = True


@dataclass(frozen=True, slots=True)
class User:
    """A person's account."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an organization, or one who is invited (`user` None)."""

    id: str
    user: User | None
    email: str
    teams: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Project:
    id: str
    slug: str
    name: str
    platform: str = "python"
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Release:
    """A release of one project (slug)."""

    id: int
    version: str
    project: str
    created: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Comment:
    id: str
    text: str
    actor: dict[str, Any]
    user: User | None
    created: datetime = field(default_factory=now)


@dataclass(slots=True)
class Issue:
    """An issue with its state. `assignee` is "user:1", "team:1" or ""."""

    id: str
    short_id: str
    project: Project
    title: str
    level: str = "error"
    culprit: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    status: str = "unresolved"
    substatus: str | None = "new"
    details: dict[str, Any] = field(default_factory=dict)
    priority: str = "high"
    assignee: str = ""
    users: int = 0
    count: int = 0
    first_seen: datetime = field(default_factory=now)
    last_seen: datetime = field(default_factory=now)
    events: list[dict[str, Any]] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class App:
    """An internal integration and its one installation. No `webhook_url`: it gets no webhooks."""

    uuid: str
    slug: str
    name: str
    number: int
    organization: str
    installation: str
    client_secret: str
    scopes: frozenset[str]
    webhook_url: str = ""
    action_path: str = "/sentry/alert-rule"
    options_path: str = "/sentry/alert-rule/options"
    events: tuple[str, ...] = ("issue", "comment")


@dataclass(frozen=True, slots=True)
class Token:
    """What a token may do, in which organizations (by slug), and whose it is: an integration's or a person's."""

    scopes: frozenset[str]
    organizations: frozenset[str]
    app: App | None = None
    user: User | None = None
    expires: datetime | None = None


@dataclass(slots=True)
class OAuthApplication:
    """An application that people may let act for them. `redirects`: what its redirect addresses start with."""

    client_id: str
    client_secret: str
    name: str = "Sentry for Teams"
    redirects: set[str] = field(default_factory=set)
