"""The Bot Connector's REST API: admits the bot by its token, checks what it sends, and keeps it in order."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web

from sandbox.activity_rules import ConnectorRefusal, check_activity, read_object
from sandbox.entra import GOVERNMENT, PUBLIC, Entra, TokenRefused
from sandbox.faults import Handler
from sandbox.limits import TeamsLimits
from sandbox.posted import Mailbox, channel_of
from sandbox.roster import Roster, conversation_asked_for
from sandbox.service import Service

_ROOT = "/{region:.*}v3"
_ACTIVITIES = _ROOT + "/conversations/{conversation}/activities"


class Connector(Service):
    """`activities` is what was accepted, in order; `rejected` counts requests without a good token, by reason.

    `limits`: None, or the limits to enforce. `members`: who is in every conversation.
    """

    hosts = (
        "smba.trafficmanager.net",
        "smba.infra.gcc.teams.microsoft.com",
        "smba.infra.gov.teams.microsoft.us",
        "smba.infra.dod.teams.microsoft.us",
    )

    def __init__(self, entra: Entra, limits: TeamsLimits | None = None) -> None:
        super().__init__()
        self._entra = entra
        self._mailbox = Mailbox()
        self._roster = Roster(entra.tenant_id)
        self.activities, self.members = self._mailbox.activities, self._roster.members
        self.shown, self.arrived = self._mailbox.shown, self._mailbox.arrived
        self.rejected: Counter[str] = Counter()
        self.limits = limits

    def reset(self) -> None:
        """As for every service; nothing was posted, no limits hold."""
        super().reset()
        self.activities.clear()
        self.rejected.clear()
        self._roster.reset()
        self.limits = None

    def routes(self) -> Iterable[web.RouteDef]:
        """The operations that a bot in Teams uses."""
        yield web.post(_ROOT + "/conversations", _refusing(self._create_conversation))
        yield web.post(_ACTIVITIES, _refusing(self._post))
        yield web.post(_ACTIVITIES + "/{activity}", _refusing(self._post))
        yield web.put(_ACTIVITIES + "/{activity}", _refusing(self._put))
        yield web.delete(_ACTIVITIES + "/{activity}", _refusing(self._delete))
        yield from self._roster.routes()

    def _counted_as(self, request: web.Request) -> str:
        resource = request.match_info.route.resource
        return f"{request.method} {resource.canonical.replace('{region}', '') if resource else request.path}"

    def _refuse(self, request: web.Request) -> web.Response | None:
        try:
            self._entra.verify(_bearer(request), GOVERNMENT if request.host.endswith(".us") else PUBLIC)
        except TokenRefused as refused:
            self.rejected[str(refused)] += 1
            return web.json_response({"message": "Authorization has been denied for this request."}, status=401)
        return None

    async def _post(self, request: web.Request) -> web.Response:
        activity = await _activity_in(request)
        conversation, activity_id = request.match_info["conversation"], self._mailbox.new_id()
        self._check_limits(request, conversation)
        self._mailbox.keep(request, conversation, activity_id, activity)
        return web.json_response({"id": activity_id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        activity = await _activity_in(request)
        conversation, activity_id = request.match_info["conversation"], request.match_info["activity"]
        self._mailbox.check_known(conversation, activity_id)
        self._check_limits(request, conversation)
        self._mailbox.keep(request, conversation, activity_id, activity)
        return web.json_response({"id": activity_id})

    async def _delete(self, request: web.Request) -> web.Response:
        conversation, activity_id = request.match_info["conversation"], request.match_info["activity"]
        self._mailbox.check_known(conversation, activity_id)
        self._mailbox.keep(request, conversation, activity_id, {})
        return web.Response()

    async def _create_conversation(self, request: web.Request) -> web.Response:
        asked = read_object(request.content_type, await request.read())
        conversation, activity = conversation_asked_for(asked)
        self._check_limits(request, conversation)
        if activity is None:
            return web.json_response({"id": conversation}, status=201)
        activity_id = self._mailbox.new_id()
        in_channel = bool(asked.get("isGroup"))
        conversation = f"{conversation};messageid={activity_id}" if in_channel else conversation
        self._mailbox.keep(request, conversation, activity_id, activity)
        # For a chat with one person Teams does not tell the id of the first message.
        told = {"activityId": activity_id} if in_channel else {}
        return web.json_response({"id": conversation, **told}, status=201)

    def _check_limits(self, request: web.Request, conversation: str) -> None:
        if self.limits is None:
            return
        wait = self.limits.admit(request.match_info["region"], channel_of(conversation))
        if wait is not None:
            raise ConnectorRefusal(429, "TooManyRequests", "API calls quota exceeded", retry_after=wait)


class BotFrameworkApi(Service):
    """api.botframework.com: knows no operation that a Teams bot should call; `requests` shows who tried."""

    hosts = ("api.botframework.com", "api.botframework.azure.us", "token.botframework.com")

    def _counted_as(self, request: web.Request) -> str:
        return f"{request.method} {request.path}"


async def _activity_in(request: web.Request) -> dict[str, Any]:
    return check_activity(read_object(request.content_type, await request.read()))


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        raise TokenRefused("no bearer token")
    return token


def _refusing(operation: Callable[[web.Request], Awaitable[web.Response]]) -> Handler:
    """`operation`, with its refusals as answers."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return await operation(request)
        except ConnectorRefusal as refusal:
            return refusal.response()

    return answer
