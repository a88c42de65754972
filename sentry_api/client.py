"""The client of Sentry's REST API: bounded in time and size, and only ever towards the Sentrys that are listed."""

from collections.abc import Sequence

import aiohttp

from sentry_api.access import Access
from sentry_api.caller import CONNECT_LIMIT, TIME_LIMIT, Caller, Clocks
from sentry_api.errors import NotFound, SentryAnswer, UnknownOrganization
from sentry_api.integrations import Integrations
from sentry_api.issues import Issues
from sentry_api.members import Members
from sentry_api.organizations import Organization, organization_from
from sentry_api.paging import Pages
from sentry_api.projects import Projects
from sentry_api.sign_in import SignIn
from sentry_api.values import mapping
from sentry_api.wire import Ask, Wire


class SentryApi:
    """Calls the Sentry installations in `allowed` (base addresses without a slash at the end), and no other host.

    `session` must keep no cookies: it is shared by every organization. `time_limit` covers a whole call with all its
    attempts and waits, `connect_limit` the making of a connection; both in seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        allowed: Sequence[str],
        *,
        time_limit: float = TIME_LIMIT,
        connect_limit: float = CONNECT_LIMIT,
        clocks: Clocks = Clocks(),  # noqa: B008 - frozen
    ) -> None:
        self._caller = Caller(Wire(session, connect_limit), allowed, time_limit, clocks)
        self._pages = Pages(self._caller)
        self.allowed = self._caller.allowed
        self.issues = Issues(self._caller, self._pages)
        self.members = Members(self._pages)
        self.projects = Projects(self._pages)
        self.integrations = Integrations(self._caller, self._pages)
        self.sign_in = SignIn(self._caller)

    async def organization(self, base_url: str, slug: str, token: str) -> Organization:
        """Return the organization with this slug as the token may see it; needs org:read; raises a SentryError."""
        # Without detailed=0 Sentry adds every project and team, which takes seconds and megabytes where there are many.
        ask = Ask("GET", Access(base_url, slug, token).path(), token, (("detailed", "0"),))
        try:
            reply = await self._caller.call(base_url, ask, slug)
        except NotFound as error:
            raise UnknownOrganization(error.detail) from error
        return organization_from(reply.data, base_url)

    async def organizations(self, base_url: str, token: str, *, most: int = 100) -> list[Organization]:
        """Return the organizations of the token's person; needs org:read; raises a SentryError.

        For a person's token. Sentry gives an integration's token an empty list (getsentry/sentry#49335), and a person
        who chose one organization while signing in only that one. Whether the person may manage integrations
        (Organization.may_manage_integrations) is told by `organization` for one at a time.
        """
        access = Access(base_url, "", token)

        def read(data: object) -> Organization | None:
            try:
                return organization_from(mapping(data), base_url)
            except SentryAnswer:
                return None

        return [found async for found in self._pages.each(access, "/api/0/organizations/", read, most=most)]
