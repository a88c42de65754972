"""Who is in a conversation, and which conversations a bot may create."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from sandbox.activity_rules import ConnectorRefusal, check_activity

_CONVERSATION = "/{region:.*}v3/conversations/{conversation}"


class Roster:
    """The connector's answers about members. `members` are those of every conversation."""

    def __init__(self, tenant_id: str) -> None:
        self._somebody = {"id": "29:1-test-user", "name": "Test User", "userRole": "user", "tenantId": tenant_id}
        self.members = [self._somebody]

    def reset(self) -> None:
        """Everybody else has left."""
        self.members[:] = [self._somebody]

    def routes(self) -> Iterable[web.RouteDef]:
        """Members all together, one by one, and in pages."""
        yield web.get(_CONVERSATION + "/members", self._all)
        yield web.get(_CONVERSATION + "/members/{member}", self._one)
        yield web.get(_CONVERSATION + "/pagedmembers", self._page)

    async def _all(self, _: web.Request) -> web.Response:
        return web.json_response(self.members)

    async def _one(self, request: web.Request) -> web.Response:
        wanted = request.match_info["member"]
        member = next((member for member in self.members if wanted in (member["id"], member.get("aadObjectId"))), None)
        if member is None:
            return ConnectorRefusal(404, "MemberNotFoundInConversation", "Member not found.").response()
        return web.json_response(member)

    async def _page(self, _: web.Request) -> web.Response:
        return web.json_response({"members": self.members})


def conversation_asked_for(asked: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """The conversation that POST /v3/conversations means and its first activity; raises ConnectorRefusal.

    A channel (isGroup, channelData.channel.id, an activity), or the chat with the one member named.
    """
    activity = check_activity(asked["activity"]) if asked.get("activity") is not None else None
    data = asked.get("channelData") or {}
    if not asked.get("isGroup"):
        return _chat_with(asked, data), activity
    channel = (data.get("channel") or {}).get("id")
    if not channel or activity is None:
        raise ConnectorRefusal(400, "BadSyntax", "Incorrect conversation creation parameters")
    return channel, activity


def _chat_with(asked: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    members = asked.get("members") or []
    # The service reads names without regard to case, and the SDK depends on it: it writes tenantID.
    tenant = next((value for name, value in asked.items() if name.lower() == "tenantid"), None)
    tenant = tenant or (data.get("tenant") or {}).get("id")
    if len(members) != 1 or not str(members[0].get("id", "")).startswith("29:") or not tenant:
        raise ConnectorRefusal(400, "BadSyntax", "Bad format of conversation ID")
    return f"a:1{hashlib.sha256(members[0]['id'].encode()).hexdigest()}"
