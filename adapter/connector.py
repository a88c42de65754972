"""The small send interface: everything that the rest of the bot knows about posting into Teams."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson

from adapter.clouds import Cloud
from adapter.errors import ConnectorError
from adapter.service_urls import is_allowed
from adapter.transport import WITHIN, ConnectorTransport
from model import ConversationReference


class Connector:
    """Posts activities; every method raises ConnectorError and gives up after `within` seconds.

    repeat: whether a call that failed is made again within that time, where that is safe.
    An activity is plain JSON as the Bot Connector takes it: {"type": "message", "summary": …, "attachments": […]}.
    cloud: None in local mode, where only connectors on this machine are called.
    """

    def __init__(self, transport: ConnectorTransport, app_id: str | None, cloud: Cloud | None) -> None:
        self._transport = transport
        self._cloud = cloud
        self._sender = {"from": {"id": f"28:{app_id}" if app_id else "bot", "name": "Sentry", "role": "bot"}}

    async def send(
        self, to: ConversationReference, activity: Mapping[str, Any], *, within: float = WITHIN, repeat: bool = True
    ) -> str:
        """Post a new activity and return its id (in a channel: a new thread, or a reply when `to` names a thread)."""
        body = self._body(activity)
        answer = await self._transport.call("POST", self._url(to), body, within=within, repeat=repeat)
        return _id_of(answer.body)

    async def reply(
        self,
        to: ConversationReference,
        activity_id: str,
        activity: Mapping[str, Any],
        *,
        within: float = WITHIN,
        repeat: bool = True,
    ) -> str:
        """Post an activity as an answer to another one and return its id."""
        body = self._body(activity)
        answer = await self._transport.call("POST", self._url(to, activity_id), body, within=within, repeat=repeat)
        return _id_of(answer.body)

    async def update(
        self,
        to: ConversationReference,
        activity_id: str,
        activity: Mapping[str, Any],
        *,
        within: float = WITHIN,
        repeat: bool = True,
    ) -> None:
        """Replace an activity that the bot has posted."""
        body = self._body({**activity, "id": activity_id})
        await self._transport.call("PUT", self._url(to, activity_id), body, within=within, repeat=repeat)

    async def reach(self, to: ConversationReference, *, within: float = WITHIN) -> None:
        """Return if the bot is in the conversation; posts nothing."""
        url = self._url(to).removesuffix("/activities")
        await self._transport.call("GET", f"{url}/pagedmembers?pageSize=1", within=within)

    async def has_member(self, to: ConversationReference, member_id: str, *, within: float = WITHIN) -> bool:
        """Tell whether somebody (an Entra object id, or the bot's id of them) is in the conversation."""
        url = f"{self._url(to).removesuffix('/activities')}/members/{quote(member_id, safe='')}"
        try:
            await self._transport.call("GET", url, within=within)
        except ConnectorError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    async def ready(self) -> None:
        """Return as soon as a post would leave without delay, or when it is clear that there is no token now."""
        await self._transport.ready()

    def _url(self, to: ConversationReference, activity_id: str | None = None) -> str:
        if not is_allowed(to.service_url, self._cloud):
            message = "the stored service URL is not on this cloud's allow list"
            raise ConnectorError(None, "ServiceUrlNotAllowed", message, retryable=False)
        url = f"{to.service_url.rstrip('/')}/v3/conversations/{quote(to.conversation_id, safe='')}/activities"
        return f"{url}/{quote(activity_id, safe='')}" if activity_id else url

    def _body(self, activity: Mapping[str, Any]) -> bytes:
        return orjson.dumps({**self._sender, **activity})


def _id_of(body: bytes) -> str:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    return str(value.get("id") or "") if isinstance(value, dict) else ""
