"""What the bot sent to the connector: kept in order, and as people see it."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.activity_rules import ConnectorRefusal


@dataclass(frozen=True, slots=True)
class Posted:
    """One activity that the bot sent, replaced (PUT) or deleted (DELETE: `activity` is empty).

    reply_to: the activity it answers, for a POST to …/activities/{id}. at: time.monotonic(). service_url: the
    address up to v3.
    """

    conversation_id: str
    activity_id: str
    method: str
    reply_to: str | None
    activity: dict[str, Any]
    at: float
    headers: Mapping[str, str]
    service_url: str


class Mailbox:
    """All that was accepted, in `activities`."""

    def __init__(self) -> None:
        self.activities: list[Posted] = []
        self._ids = itertools.count(1767378500000)

    def new_id(self) -> str:
        """An activity id as Teams gives it out."""
        return str(next(self._ids))

    def keep(self, request: web.Request, conversation: str, activity_id: str, activity: dict[str, Any]) -> None:
        """Adds what `request` did."""
        reply_to = request.match_info.get("activity") if request.method == "POST" else None
        service_url = f"https://{request.host}/{request.match_info['region']}"
        headers, at = request.headers.copy(), time.monotonic()
        posted = Posted(conversation, activity_id, request.method, reply_to, activity, at, headers, service_url)
        self.activities.append(posted)

    def check_known(self, conversation: str, activity_id: str) -> None:
        """Raises ConnectorRefusal unless that activity was posted there and not deleted since."""
        history = [posted for posted in self.activities if posted.activity_id == activity_id]
        place = channel_of(conversation)
        if not history or channel_of(history[-1].conversation_id) != place or history[-1].method == "DELETE":
            raise ConnectorRefusal(404, "ActivityNotFoundInConversation", "Message does not exist in the thread.")

    def shown(self, conversation_id: str) -> list[dict[str, Any]]:
        """What people see in that chat or channel now: replaced and deleted activities taken into account."""
        visible: dict[str, dict[str, Any]] = {}
        for posted in self.activities.copy():
            if channel_of(posted.conversation_id) != channel_of(conversation_id):
                continue
            if posted.method == "DELETE":
                visible.pop(posted.activity_id, None)
            else:
                visible[posted.activity_id] = posted.activity
        return list(visible.values())

    async def arrived(self, count: int, within: float = 5) -> list[Posted]:
        """Waits until at least `count` activities were accepted; raises TimeoutError. Runs in any loop."""
        deadline = time.monotonic() + within
        while len(self.activities) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.activities)} of {count} activities after {within} s")
            await asyncio.sleep(0.005)
        return self.activities.copy()


def channel_of(conversation_id: str) -> str:
    """The channel of a thread; other conversation ids as they are."""
    return conversation_id.partition(";messageid=")[0]
