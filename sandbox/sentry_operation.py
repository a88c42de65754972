"""One operation of Sentry's API: where it is, which scopes open it, what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson
from aiohttp import web

from sandbox.sentry_model import SentryState, Tenant
from sandbox.sentry_records import Issue, Project, Token
from sandbox.sentry_refusals import Refusal, missing, no_permission


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the checks, and all it may touch. Operations outside an organization have no `tenant`."""

    request: web.Request
    state: SentryState
    token: Token
    found: Tenant | None

    @property
    def tenant(self) -> Tenant:
        """The organization's."""
        if self.found is None:
            raise missing()
        return self.found

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    async def json(self) -> dict[str, object]:
        """The JSON object in the body; raises Refusal."""
        try:
            value = orjson.loads(await self.request.read())
        except ValueError as error:
            raise Refusal(400, {"detail": "JSON parse error"}) from error
        return value if isinstance(value, dict) else {}

    def project(self) -> Project:
        """The project in the path, by slug or id; raises Refusal."""
        name = self.part("project")
        found = [project for project in self.tenant.projects.values() if name in (project.slug, project.id)]
        if not found:
            raise missing()
        return self.allowed(found[0])

    def allowed(self, project: Project) -> Project:
        """The project itself, if the token's owner may see it; raises Refusal."""
        user, tenant = self.token.user, self.tenant
        if user and not tenant.organization.open and user not in [member.user for member in tenant.users_of(project)]:
            raise no_permission()
        return project

    def issue(self) -> Issue:
        """The issue in the path; raises Refusal."""
        issue = self.tenant.issues.get(self.part("issue"))
        if issue is None:
            raise missing()
        self.allowed(issue.project)
        return issue


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` names the organization as {organization}, if there is one; any one of `scopes` opens the operation."""

    method: str
    path: str
    scopes: frozenset[str]
    carry_out: Callable[[Call], Awaitable[web.StreamResponse]]
