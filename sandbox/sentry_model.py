"""What the Sentry stand-in holds, and how it finds things in it."""

import itertools
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.sentry_records import (
    App,
    Issue,
    Member,
    OAuthApplication,
    Organization,
    Project,
    Release,
    Team,
    Token,
    User,
)

# What the bot's integration is given when somebody follows its setup page.
INTEGRATION_SCOPES = (
    "org:read",
    "event:read",
    "event:write",
    "member:read",
    "team:read",
    "project:read",
    "project:releases",
    "alerts:read",
)
MEMBER_SCOPES = (*INTEGRATION_SCOPES, "org:integrations")


@dataclass(slots=True)
class Tenant:
    """All that belongs to one organization."""

    organization: Organization
    projects: dict[str, Project] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    issues: dict[str, Issue] = field(default_factory=dict)
    apps: list[App] = field(default_factory=list)

    def member_of(self, user: User) -> Member | None:
        """The user's membership."""
        return next((member for member in self.members if member.user == user), None)

    def users_of(self, project: Project) -> list[Member]:
        """The members of the project's teams."""
        return [member for member in self.members if member.user and member.teams & project.teams]


@dataclass(slots=True)
class SentryState:
    """Everything that the operations read and change."""

    url: str = ""
    tenants: dict[str, Tenant] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    applications: dict[str, OAuthApplication] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    # Called when an issue or its comments have changed; sends the webhooks.
    changed: Callable[..., None] = lambda *_: None

    def clear(self) -> None:
        """Empty but for the address."""
        for kept in (self.tenants, self.tokens, self.refresh_tokens, self.users, self.applications):
            kept.clear()
        self.numbers = itertools.count(1)

    def number(self) -> str:
        """A fresh id."""
        return str(next(self.numbers))

    def add_organization(self, slug: str, name: str) -> Organization:
        """A new organization; its id is the next number among organizations."""
        organization = Organization(str(len(self.tenants) + 1), slug, name)
        self.tenants[slug] = Tenant(organization)
        return organization

    def add_token(self, *organizations: str, scopes: tuple[str, ...] = ("org:read",), token: str = "") -> str:
        """An integration's token for those organizations (slugs); returns it."""
        token = token or secrets.token_hex(32)
        self.tokens[token] = Token(frozenset(scopes), frozenset(organizations))
        return token

    def add_user(
        self, name: str, email: str, *organizations: str, teams: tuple[str, ...] = (), scopes: tuple[str, ...] = ()
    ) -> User:
        """A person who belongs to those organizations (slugs) and teams (slugs)."""
        user = User(self.number(), name, email)
        self.users[user.id] = user
        for slug in organizations:
            allowed = frozenset(scopes or MEMBER_SCOPES)
            self.tenants[slug].members.append(Member(self.number(), user, email, frozenset(teams), allowed))
        return user

    def add_app(self, slug: str, name: str, organization: str, scopes: tuple[str, ...]) -> tuple[App, str]:
        """An internal integration, and a token of it."""
        number = int(self.number())
        parts = (str(uuid.uuid4()), slug, name, number, organization, str(uuid.uuid4()), secrets.token_hex(32))
        app, token = App(*parts, frozenset(scopes)), secrets.token_hex(32)
        self.tenants[organization].apps.append(app)
        self.tokens[token] = Token(app.scopes, frozenset({organization}), app=app)
        return app, token

    def find_issue(self, issue_id: str) -> tuple[Tenant, Issue]:
        """The issue with this id, and where it is; raises KeyError."""
        for tenant in self.tenants.values():
            if issue_id in tenant.issues:
                return tenant, tenant.issues[issue_id]
        raise KeyError(issue_id)
