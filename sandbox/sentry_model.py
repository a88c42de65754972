"""What the Sentry stand-in holds: organizations, tokens, and the answers to what is refused."""

import secrets
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization as the API shows it."""

    id: str
    slug: str
    name: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an internal integration: what it may do, and in which organizations (by slug)."""

    scopes: frozenset[str]
    organizations: frozenset[str]


@dataclass(slots=True)
class SentryState:
    """Everything that the operations read and change."""

    url: str = ""
    organizations: dict[str, Organization] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def add_organization(self, slug: str, name: str) -> Organization:
        """A new organization; its id is the next number."""
        organization = Organization(str(len(self.organizations) + 1), slug, name)
        self.organizations[slug] = organization
        return organization

    def add_token(self, *organizations: str, scopes: tuple[str, ...] = ("org:read",), token: str = "") -> str:
        """A token for those organizations (slugs); returns it."""
        token = token or secrets.token_hex(32)
        self.tokens[token] = Token(frozenset(scopes), frozenset(organizations))
        return token


def refusal(status: int, detail: str) -> web.Response:
    """An error as Sentry words it."""
    return web.json_response({"detail": detail}, status=status)


def unauthorized(detail: str) -> web.Response:
    """No token, or none that Sentry knows."""
    answer = refusal(401, detail)
    answer.headers["WWW-Authenticate"] = 'xBasic realm="api"'
    return answer


def forbidden() -> web.Response:
    """The token lacks the scope, or is not of this organization."""
    return refusal(403, "You do not have permission to perform this action.")


def not_found() -> web.Response:
    """No such organization (issue, …), or none that this token may know of."""
    return refusal(404, "The requested resource does not exist")
