"""Sentry's REST API, as far as the bot uses it, on plain HTTP and loopback. Checks tokens and scopes as Sentry does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web

from sandbox.faults import Handler
from sandbox.sentry_model import SentryState, forbidden, not_found, refusal, unauthorized
from sandbox.sentry_operation import Operation
from sandbox.sentry_organizations import OPERATIONS as ORGANIZATION_OPERATIONS
from sandbox.service import Service
from sandbox.standin import StandIn, listen, port_of

OPERATIONS: tuple[Operation, ...] = (*ORGANIZATION_OPERATIONS,)
ORGANIZATION = ("the-interstellar-jurisdiction", "The Interstellar Jurisdiction")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came; `path` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]


class SentryApi(Service):
    """The operations behind the checks every request passes: token, scope, organization, membership; in this order."""

    hosts = ("127.0.0.1",)

    def __init__(self, state: SentryState) -> None:
        super().__init__()
        self.state = state
        self.asked: list[Asked] = []

    def routes(self) -> Iterable[web.RouteDef]:
        """All operations; Sentry's addresses end in a slash, anything else is no address."""
        for operation in OPERATIONS:
            yield web.route(operation.method, operation.path, self._guard(operation))
        yield web.route("*", "/{path:.*}", self._nowhere)

    def reset(self) -> None:
        """As for every service; organizations and tokens stay."""
        super().reset()
        self.asked.clear()

    def _counted_as(self, request: web.Request) -> str:
        return f"{request.method} {request.path}"

    def _refuse(self, request: web.Request) -> None:
        self.asked.append(Asked(request.method, request.path_qs, request.headers.copy()))

    def _guard(self, operation: Operation) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            scheme, _, text = request.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer":
                return unauthorized("Authentication credentials were not provided.")
            token = self.state.tokens.get(text)
            if token is None:
                return unauthorized("Invalid token")
            if not token.scopes & operation.scopes:
                return forbidden()
            organization = self.state.organizations.get(request.match_info["organization"])
            if organization is None:
                return not_found()
            if organization.slug not in token.organizations:
                return forbidden()
            return await operation.carry_out(request, self.state, organization)

        return guarded

    async def _nowhere(self, _: web.Request) -> web.Response:
        return refusal(404, "The requested resource does not exist")


class Sentry(StandIn):
    """A Sentry installation at `url`. Starts with one organization and one token that may read it.

    `requests` counts by "METHOD path", `asked` holds them in order; `faults` are played before anything is checked.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.state = SentryState()
        self._api = SentryApi(self.state)
        self._port = port
        self.requests, self.asked, self.faults = self._api.requests, self._api.asked, self._api.faults
        self._furnish()

    def _furnish(self) -> None:
        self.organization = self.state.add_organization(*ORGANIZATION)
        self.token = self.state.add_token(self.organization.slug)

    @property
    def url(self) -> str:
        """Where the API is, without a slash at the end."""
        return self.state.url

    def add_organization(self, slug: str, name: str) -> None:
        """One more organization."""
        self.state.add_organization(slug, name)

    def add_token(self, *organizations: str, scopes: tuple[str, ...] = ("org:read",), token: str = "") -> str:
        """One more token, for those organizations (slugs) and scopes; returns it."""
        return self.state.add_token(*organizations, scopes=scopes, token=token)

    def reset(self) -> None:
        """As just started, at the same address."""
        self._api.reset()
        self.state.organizations.clear()
        self.state.tokens.clear()
        self._furnish()

    async def _open(self) -> None:
        self._runner = await listen(self._api.application(), self._port)
        self.state.url = f"http://127.0.0.1:{port_of(self._runner)}"

    async def _close(self) -> None:
        await self._runner.cleanup()
