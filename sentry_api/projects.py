"""Projects and releases, as Sentry's API describes them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sentry_api.access import Access
from sentry_api.paging import Pages
from sentry_api.people import Member, Team, member_from, team_from
from sentry_api.values import identifier, key, line, mapping, moment

_LONGEST_NAME = 200
_LONGEST_VERSION = 250


@dataclass(frozen=True, slots=True)
class Project:
    """A project. `id` is "" where Sentry names a project by its slug alone."""

    id: str
    slug: str
    name: str
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A release: `version` as Sentry knows it, `short_version` as people read it."""

    version: str
    short_version: str
    created: datetime | None = None
    released: datetime | None = None


def project_from(data: Any) -> Project | None:
    """Build a project; None when it is none."""
    found = mapping(data)
    slug = key(found.get("slug"))
    if not slug:
        return None
    name = line(found.get("name"), _LONGEST_NAME) or slug
    return Project(identifier(found.get("id")), slug, name, line(found.get("platform"), 60))


def version_from(data: Any) -> str:
    """Return the version of a release that is given as an object or as text; "" when it is none."""
    return line(mapping(data).get("version") if isinstance(data, dict) else data, _LONGEST_VERSION)


def release_from(data: Any) -> Release | None:
    """Build a release; None when it is none."""
    found, version = mapping(data), version_from(data)
    if not version:
        return None
    short = line(found.get("shortVersion"), _LONGEST_VERSION) or version
    return Release(version, short, moment(found.get("dateCreated")), moment(found.get("dateReleased")))


class Projects:
    """The projects of an organization, who belongs to them, and their releases. All are read page by page."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def each(self, access: Access, *, query: str = "", most: int = 500) -> AsyncIterator[Project]:
        """Yield the projects that the token may see; needs org:read. `query`: part of a name or slug."""
        asked = [("query", query)] if query else []
        return self._pages.each(access, access.path("projects"), project_from, query=asked, most=most)

    def members(self, access: Access, project: str, *, most: int = 500) -> AsyncIterator[Member]:
        """Yield the active members of the project's (slug or id) teams; needs project:read."""
        return self._pages.each(access, access.project_path(project, "members"), member_from, most=most)

    def teams(self, access: Access, project: str, *, most: int = 500) -> AsyncIterator[Team]:
        """Yield the teams with access to the project (slug or id); needs project:read."""
        return self._pages.each(access, access.project_path(project, "teams"), team_from, most=most)

    def releases(
        self, access: Access, *, project_id: str = "", query: str = "", most: int = 20
    ) -> AsyncIterator[Release]:
        """Yield the releases, the newest first; needs project:read or project:releases. `query`: part of a version."""
        asked = [("project", project_id)] if project_id else []
        asked += [("query", query)] if query else []
        return self._pages.each(access, access.path("releases"), release_from, query=asked, most=most)
