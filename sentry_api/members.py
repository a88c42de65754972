"""The people and teams of an organization."""

from collections.abc import AsyncIterator

from sentry_api.access import Access
from sentry_api.paging import Pages
from sentry_api.people import Member, Team, member_from, team_from


class Members:
    """Who belongs to an organization."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def each(self, access: Access, *, query: str = "", most: int = 100) -> AsyncIterator[Member]:
        """Yield the members, with those who have not accepted yet (no `user_id`); needs member:read.

        `query` finds names and addresses (and takes Sentry's own `email:`, `scope:` …). Sentry's own pages use it; its
        published description of this operation does not mention it, so that an installation may ignore it.
        """
        asked = [("query", query)] if query else []
        return self._pages.each(access, access.path("members"), member_from, query=asked, most=most)

    def teams(self, access: Access, *, query: str = "", most: int = 500) -> AsyncIterator[Team]:
        """Yield the teams; needs org:read. `query`: part of a name or slug."""
        asked = [*([("query", query)] if query else []), ("detailed", "0")]
        return self._pages.each(access, access.path("teams"), team_from, query=asked, most=most)
