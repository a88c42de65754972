"""Organizations, as Sentry's API describes them."""

import re
from dataclasses import dataclass
from typing import Any

from sentry_api.addresses import own_address
from sentry_api.errors import SentryAnswer
from sentry_api.values import identifier, items, line, mapping

_SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_LONGEST_NAME = 200
_LONGEST_URL = 500
MANAGE_INTEGRATIONS = "org:integrations"


@dataclass(frozen=True, slots=True)
class Organization:
    """A Sentry organization. `url` is where a person looks at it.

    `access` holds what the token's person may do there, as far as the token's own scopes let it; Sentry tells it for
    one organization at a time, so that it is empty in lists.
    """

    slug: str
    name: str
    url: str
    id: str = ""
    access: frozenset[str] = frozenset()

    @property
    def may_manage_integrations(self) -> bool:
        """Tell whether the person may; needs a token with the scope org:integrations."""
        return MANAGE_INTEGRATIONS in self.access


def is_slug(text: str) -> bool:
    """Tell whether this can be the slug (or the id) of an organization, hence part of a path."""
    return _SLUG.fullmatch(text) is not None


def organization_from(answer: Any, base_url: str) -> Organization:
    """Build the organization from Sentry's JSON; raises SentryAnswer when it describes none."""
    found = mapping(answer)
    slug = found.get("slug")
    if not isinstance(slug, str) or not is_slug(slug):
        raise SentryAnswer(200, "the answer describes no organization")
    own = f"{base_url}/organizations/{slug}/"
    url = own_address(mapping(found.get("links")).get("organizationUrl"), base_url, own, _LONGEST_URL)
    access = frozenset(scope for scope in items(found.get("access")) if isinstance(scope, str))
    return Organization(slug, line(found.get("name"), _LONGEST_NAME) or slug, url, identifier(found.get("id")), access)
