"""The Bot Connector's REST API: admits the bot by its token, checks what it sends, and keeps it in order."""

import asyncio
import hashlib
import itertools
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.activity_rules import ConnectorRefusal, check_activity, read_object
from sandbox.entra import GOVERNMENT, PUBLIC, Entra, TokenRefused
from sandbox.limits import TeamsLimits
from sandbox.service import Service

_ROOT = "/{region:.*}v3"
_ACTIVITIES = _ROOT + "/conversations/{conversation}/activities"


@dataclass(frozen=True, slots=True)
class Posted:
    """One activity that the bot sent, replaced (PUT) or deleted (DELETE: `activity` is empty).

    reply_to: the activity it answers, for a POST to …/activities/{id}. at: time.monotonic(). service_url: the
    address up to /v3.
    """

    conversation_id: str
    activity_id: str
    method: str
    reply_to: str | None
    activity: dict[str, Any]
    at: float
    headers: Mapping[str, str]
    service_url: str


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

    def __init__(self, entra: Entra) -> None:
        super().__init__()
        self._entra = entra
        self._ids = itertools.count(1767378500000)
        self.activities: list[Posted] = []
        self.rejected: Counter[str] = Counter()
        self.limits: TeamsLimits | None = None
        self.members = [{"id": "29:1-test-user", "name": "Test User", "userRole": "user", "tenantId": entra.tenant_id}]

    def reset(self) -> None:
        """As for every service; nothing was posted, no limits hold."""
        super().reset()
        self.activities.clear()
        self.rejected.clear()
        self.limits = None

    def shown(self, conversation_id: str) -> list[dict[str, Any]]:
        """What people see in that conversation or channel now: replaced and deleted activities taken into account."""
        visible: dict[str, dict[str, Any]] = {}
        for posted in self.activities.copy():
            if _base(posted.conversation_id) != _base(conversation_id):
                continue
            if posted.method == "DELETE":
                visible.pop(posted.activity_id, None)
            else:
                visible[posted.activity_id] = posted.activity
        return list(visible.values())

    async def arrived(self, count: int, timeout: float = 5) -> list[Posted]:
        """Waits until at least `count` activities were accepted; raises TimeoutError. Runs in any loop."""
        deadline = time.monotonic() + timeout
        while len(self.activities) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.activities)} of {count} activities after {timeout} s")
            await asyncio.sleep(0.005)
        return self.activities.copy()

    def routes(self) -> Iterable[web.RouteDef]:
        """The operations that a bot in Teams uses."""
        yield web.post(_ROOT + "/conversations", self._create_conversation)
        yield web.post(_ACTIVITIES, self._post)
        yield web.post(_ACTIVITIES + "/{activity}", self._post)
        yield web.put(_ACTIVITIES + "/{activity}", self._put)
        yield web.delete(_ACTIVITIES + "/{activity}", self._delete)
        yield web.get(_ROOT + "/conversations/{conversation}/members", self._get_members)
        yield web.get(_ROOT + "/conversations/{conversation}/members/{member}", self._get_member)
        yield web.get(_ROOT + "/conversations/{conversation}/pagedmembers", self._get_paged_members)

    def _counted_as(self, request: web.Request) -> str:
        resource = request.match_info.route.resource
        return f"{request.method} {resource.canonical.replace('{region}', '') if resource else request.path}"

    async def _refuse(self, request: web.Request) -> web.Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme != "Bearer":
                raise TokenRefused("no bearer token")
            self._entra.verify(token, GOVERNMENT if request.host.endswith(".us") else PUBLIC)
        except TokenRefused as refused:
            self.rejected[str(refused)] += 1
            return web.json_response({"message": "Authorization has been denied for this request."}, status=401)
        return None

    async def _post(self, request: web.Request) -> web.Response:
        try:
            activity = check_activity(read_object(request.content_type, await request.read()))
        except ConnectorRefusal as refusal:
            return refusal.response()
        if throttled := self._throttled(request):
            return throttled
        activity_id = str(next(self._ids))
        self._keep(request, request.match_info["conversation"], activity_id, activity)
        return web.json_response({"id": activity_id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        try:
            activity = check_activity(read_object(request.content_type, await request.read()))
            self._check_known(request)
        except ConnectorRefusal as refusal:
            return refusal.response()
        if throttled := self._throttled(request):
            return throttled
        activity_id = request.match_info["activity"]
        self._keep(request, request.match_info["conversation"], activity_id, activity)
        return web.json_response({"id": activity_id})

    async def _delete(self, request: web.Request) -> web.Response:
        try:
            self._check_known(request)
        except ConnectorRefusal as refusal:
            return refusal.response()
        self._keep(request, request.match_info["conversation"], request.match_info["activity"], {})
        return web.Response()

    async def _create_conversation(self, request: web.Request) -> web.Response:
        try:
            asked = read_object(request.content_type, await request.read())
            conversation_id, activity = self._conversation_asked_for(asked)
        except ConnectorRefusal as refusal:
            return refusal.response()
        if activity is None:
            return web.json_response({"id": conversation_id}, status=201)
        activity_id = str(next(self._ids))
        thread = f"{conversation_id};messageid={activity_id}" if asked.get("isGroup") else conversation_id
        self._keep(request, thread, activity_id, activity)
        # For a chat with one person Teams does not tell the id of the first message.
        return web.json_response(
            {"id": thread} | ({"activityId": activity_id} if asked.get("isGroup") else {}), status=201
        )

    def _conversation_asked_for(self, asked: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
        activity = check_activity(asked["activity"]) if asked.get("activity") is not None else None
        channel = ((asked.get("channelData") or {}).get("channel") or {}).get("id")
        if asked.get("isGroup"):
            if not channel or activity is None:
                raise ConnectorRefusal(400, "BadSyntax", "Incorrect conversation creation parameters")
            return channel, activity
        members = asked.get("members") or []
        tenant = next((value for name, value in asked.items() if name.lower() == "tenantid"), None)
        tenant = tenant or ((asked.get("channelData") or {}).get("tenant") or {}).get("id")
        if len(members) != 1 or not str(members[0].get("id", "")).startswith("29:") or not tenant:
            raise ConnectorRefusal(400, "BadSyntax", "Bad format of conversation ID")
        return f"a:1{hashlib.sha256(members[0]['id'].encode()).hexdigest()}", activity

    def _check_known(self, request: web.Request) -> None:
        """Raises ConnectorRefusal unless that activity was posted there and not deleted since."""
        conversation, activity = _base(request.match_info["conversation"]), request.match_info["activity"]
        ours = [posted for posted in self.activities if posted.activity_id == activity]
        if not ours or _base(ours[-1].conversation_id) != conversation or ours[-1].method == "DELETE":
            raise ConnectorRefusal(404, "ActivityNotFoundInConversation", "Message does not exist in the thread.")

    def _throttled(self, request: web.Request) -> web.Response | None:
        if self.limits is None:
            return None
        wait = self.limits.admit(request.match_info["region"], _base(request.match_info["conversation"]))
        if wait is None:
            return None
        body = {"error": {"code": "TooManyRequests", "message": "API calls quota exceeded"}}
        return web.json_response(body, status=429, headers={"Retry-After": str(wait)})

    def _keep(self, request: web.Request, conversation: str, activity_id: str, activity: dict[str, Any]) -> None:
        reply_to = request.match_info.get("activity") if request.method == "POST" else None
        service_url = f"https://{request.host}/{request.match_info['region']}"
        headers = request.headers.copy()
        at = time.monotonic()
        self.activities.append(
            Posted(conversation, activity_id, request.method, reply_to, activity, at, headers, service_url)
        )

    async def _get_members(self, _: web.Request) -> web.Response:
        return web.json_response(self.members)

    async def _get_member(self, request: web.Request) -> web.Response:
        wanted = request.match_info["member"]
        member = next((member for member in self.members if member["id"] == wanted), None)
        if member is None:
            return ConnectorRefusal(404, "MemberNotFoundInConversation", "Member not found in conversation").response()
        return web.json_response(member)

    async def _get_paged_members(self, _: web.Request) -> web.Response:
        return web.json_response({"members": self.members})


class BotFrameworkApi(Service):
    """api.botframework.com: knows no operation that a Teams bot should call; `requests` shows who tried."""

    hosts = ("api.botframework.com", "api.botframework.azure.us", "token.botframework.com")

    def _counted_as(self, request: web.Request) -> str:
        return f"{request.method} {request.path}"


def _base(conversation_id: str) -> str:
    """The channel of a thread; other conversation ids as they are."""
    return conversation_id.partition(";messageid=")[0]
