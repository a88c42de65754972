"""What a person gives on the setup page, read forgivingly: a slug may be pasted as an address."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sentry_api import is_slug
from services.setup_problems import ProblemKind, SetupProblem

_LONGEST_NAME = 80
_LONGEST_TOKEN = 1000
_BEFORE_SLUG = ("organizations", "settings")


@dataclass(frozen=True, slots=True)
class SetupForm:
    """The fields as typed. `connected_by` is the name that colleagues in Teams are shown; it may be empty.

    anybody_may_act: people without an account of their own may change issues there, as the integration.
    """

    sentry_url: str
    organization: str
    token: str = field(repr=False)
    connected_by: str = ""
    client_secret: str = field(default="", repr=False)
    anybody_may_act: bool = False


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """The fields as meant: a listed Sentry, a well-formed slug, token and secret without spaces, a name on one line.

    client_secret: "" when the one that is known already stays.
    """

    sentry_url: str
    slug: str
    token: str = field(repr=False)
    connected_by: str
    client_secret: str = field(default="", repr=False)


def read_form(form: SetupForm, sentry_urls: Sequence[str]) -> SetupRequest:
    """Check and tidy the form; raises SetupProblem for the first field that cannot be right."""
    sentry_url = form.sentry_url.strip().rstrip("/")
    if sentry_url not in sentry_urls:
        raise SetupProblem(ProblemKind.UNKNOWN_SENTRY)
    slug = slug_in(form.organization, sentry_url)
    if not is_slug(slug):
        raise SetupProblem(ProblemKind.INVALID_ORGANIZATION)
    token = _secret(form.token, ProblemKind.INVALID_TOKEN)
    client_secret = form.client_secret.strip() and _secret(form.client_secret, ProblemKind.INVALID_SECRET)
    return SetupRequest(sentry_url, slug, token, _one_line(form.connected_by), client_secret)


def slug_in(text: str, sentry_url: str) -> str:
    """Return the slug that somebody typed, or that is in the address (`https://acme.sentry.io/…`) they pasted."""
    text = text.strip().lower()
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if parts.scheme not in ("http", "https"):
        return text
    path = parts.path.strip("/").split("/")
    if path[0] in _BEFORE_SLUG and len(path) > 1:
        return path[1]
    host = parts.hostname or ""
    return host.partition(".")[0] if host != urlsplit(sentry_url).hostname else text


def _secret(text: str, problem: ProblemKind) -> str:
    secret = text.strip()
    if not 0 < len(secret) <= _LONGEST_TOKEN or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise SetupProblem(problem)
    return secret


def _one_line(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character.isprintable())[:_LONGEST_NAME]
