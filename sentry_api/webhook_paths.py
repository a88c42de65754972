"""Names that Sentry's webhooks give only inside addresses."""

import re
from collections.abc import Mapping
from typing import Any

from sentry_api.addresses import address

_PROJECT = re.compile(r"/api/0/projects/([A-Za-z0-9_-]{1,64})/([A-Za-z0-9_-]{1,64})/", re.ASCII)
_ORGANIZATION = re.compile(r"/organizations/([A-Za-z0-9_-]{1,64})/", re.ASCII)


def organization_and_project(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return the slugs of an event's organization and project; "" for what its addresses do not tell."""
    project = _PROJECT.search(address(event.get("url")))
    if project:
        return project[1], project[2]
    places = (address(event.get(name)) for name in ("issue_url", "web_url"))
    organization = next((found for found in map(_ORGANIZATION.search, places) if found), None)
    return (organization[1] if organization else ""), ""
