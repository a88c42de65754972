"""Which issue an address of Sentry's pages names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sentry_api import is_slug, same_site

_LONGEST = 2000
_PATH = re.compile(r"(?:/organizations/(?P<slug>[^/]+))?/issues/(?P<id>[0-9]{1,20})(?:/.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class IssueAddress:
    """An issue in the organization `slug` of the Sentry at `sentry_url`."""

    sentry_url: str
    slug: str
    issue_id: str


def issue_in(url: str, sentry_urls: Iterable[str]) -> IssueAddress | None:
    """Return the issue whose page `url` is, in one of these Sentrys; None if it is none of theirs.

    Sentry writes https://sentry.io/organizations/acme/issues/1/ and https://acme.sentry.io/issues/1/.
    """
    if len(url) > _LONGEST:
        return None
    home = next((each for each in sentry_urls if same_site(url, each)), None)
    if home is None:
        return None
    parts, base = urlsplit(url), urlsplit(home)
    found = _PATH.fullmatch(parts.path.removeprefix(base.path))
    if found is None:
        return None
    host = parts.hostname or ""
    slug = found["slug"] or (host.partition(".")[0] if host != base.hostname else "")
    return IssueAddress(home, slug.lower(), found["id"]) if is_slug(slug) else None
