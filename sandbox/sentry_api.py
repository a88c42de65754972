"""The Sentry stand-in's API: the operations behind the checks that every request passes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web

from sandbox.faults import Handler
from sandbox.sentry_description import Description, description_file
from sandbox.sentry_integrations import OPERATIONS as INTEGRATION_OPERATIONS
from sandbox.sentry_issues import OPERATIONS as ISSUE_OPERATIONS
from sandbox.sentry_limits import Limits
from sandbox.sentry_model import SentryState
from sandbox.sentry_oauth import SignIn
from sandbox.sentry_operation import Call, Operation
from sandbox.sentry_organizations import OPERATIONS as ORGANIZATION_OPERATIONS
from sandbox.sentry_people import OPERATIONS as PEOPLE_OPERATIONS
from sandbox.sentry_records import Token, now
from sandbox.sentry_refusals import Refusal, forbidden, not_found, refusal, unauthorized
from sandbox.service import Service

OPERATIONS: tuple[Operation, ...] = (
    *ORGANIZATION_OPERATIONS,
    *PEOPLE_OPERATIONS,
    *ISSUE_OPERATIONS,
    *INTEGRATION_OPERATIONS,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came; `path` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


class SentryService(Service):
    """Checks, in this order: the description, the token, its scope, the organization, membership, the rate limit.

    `violations` are the requests that Sentry's description does not allow; they are answered 400.
    """

    hosts = ("127.0.0.1",)

    def __init__(self, state: SentryState, pages: Iterable[web.RouteDef] = ()) -> None:
        super().__init__()
        self.state = state
        self.asked: list[Asked] = []
        self.violations: list[str] = []
        self.limits = Limits()
        self.sign_in = SignIn(state)
        self.pages = list(pages)
        file = description_file()
        self.description = Description(file) if file else None

    def routes(self) -> Iterable[web.RouteDef]:
        """All operations; Sentry's addresses end in a slash, anything else is no address."""
        for operation in OPERATIONS:
            yield web.route(operation.method, operation.path, self._guard(operation))
        yield from self.sign_in.routes()
        yield from self.pages
        yield web.route("*", "/{path:.*}", self._nowhere)

    def reset(self) -> None:
        """As for every service; what the state holds stays."""
        super().reset()
        self.asked.clear()
        self.violations.clear()
        self.limits.reset()

    def _counted_as(self, request: web.Request) -> str:
        return f"{request.method} {request.path}"

    def _check(self, request: web.Request, body: bytes) -> web.Response | None:
        if self.description is None or not request.path.startswith("/api/0/"):
            return None
        query = {name: request.query.getall(name) for name in request.query}
        found = self.description.violations(request.method, request.path, query, body)
        self.violations += found
        return refusal(400, f"Not as Sentry describes it: {'; '.join(found)}") if found else None

    def _refuse(self, request: web.Request) -> web.Response | None:
        # Read already by the service, so that a request whose client gives up is known as well.
        body = request._read_bytes or b""  # noqa: SLF001 - aiohttp keeps it, and offers it by a coroutine only
        self.asked.append(Asked(request.method, request.path_qs, request.headers.copy(), body))
        return self._check(request, body)

    def _guard(self, operation: Operation) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            caller = request.headers.get("Authorization", "")
            answer: web.StreamResponse | None = self.limits.exceeded(caller)
            answer = answer or await self._carry_out(operation, request)
            self.limits.tell(caller, answer)
            return answer

        return guarded

    async def _carry_out(self, operation: Operation, request: web.Request) -> web.StreamResponse:
        token = self._token(request)
        if isinstance(token, web.Response):
            return token
        if not token.scopes & operation.scopes:
            return forbidden()
        slug = request.match_info.get("organization")
        tenant = self.state.tenants.get(slug) if slug else None
        if slug and tenant is None:
            return not_found()
        if slug and slug not in token.organizations:
            return forbidden()
        try:
            return await operation.carry_out(Call(request, self.state, token, tenant))
        except Refusal as refused:
            return refused.response()

    def _token(self, request: web.Request) -> Token | web.Response:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return unauthorized("Authentication credentials were not provided.")
        token = self.state.tokens.get(text)
        if token is None:
            return unauthorized("Invalid token")
        return unauthorized("Token expired") if token.expires and token.expires < now() else token

    async def _nowhere(self, _: web.Request) -> web.Response:
        return refusal(404, "The requested resource does not exist")
