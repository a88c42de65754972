"""Organizations, as Sentry's API describes them."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sentry_api.errors import SentryAnswer

_SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_LONGEST_NAME = 200
_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class Organization:
    """A Sentry organization. `url` is where a person looks at it."""

    slug: str
    name: str
    url: str


def is_slug(text: str) -> bool:
    """Tell whether this can be the slug (or the id) of an organization, hence part of a path."""
    return _SLUG.fullmatch(text) is not None


def organization_from(answer: Any, base_url: str) -> Organization:
    """Build the organization from Sentry's JSON; raises SentryAnswer when it describes none."""
    slug = answer.get("slug") if isinstance(answer, dict) else None
    if not isinstance(slug, str) or not is_slug(slug):
        raise SentryAnswer(200, "the answer describes no organization")
    return Organization(slug, _name(answer) or slug, _url(answer, base_url) or f"{base_url}/organizations/{slug}/")


def _name(answer: dict[str, Any]) -> str:
    name = answer.get("name")
    return " ".join(name.split())[:_LONGEST_NAME] if isinstance(name, str) else ""


def _url(answer: dict[str, Any], base_url: str) -> str:
    """Return the address that Sentry gives, if it is on that Sentry itself or on a subdomain of it; else nothing."""
    links = answer.get("links")
    url = links.get("organizationUrl") if isinstance(links, dict) else None
    if not isinstance(url, str) or len(url) > _LONGEST_URL or not url.isprintable():
        return ""
    return url if _same_site(url, base_url) else ""


def _same_site(url: str, base_url: str) -> bool:
    try:
        theirs, ours = urlsplit(url), urlsplit(base_url)
    except ValueError:
        return False
    host, home = theirs.hostname or "", ours.hostname or ""
    return theirs.scheme == ours.scheme and (host == home or host.endswith(f".{home}"))
