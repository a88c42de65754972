"""The Teams channel towards a bot: posts activities as Teams does, signed. The builders of activities are here too."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp
import orjson

from sandbox.activities import (
    channel_renamed,
    emulator_install,
    execute,
    install_group_chat,
    install_personal,
    install_team,
    installation_update,
    member_added,
    message,
    remove,
    submit,
    team_deleted,
    team_renamed,
)
from sandbox.microsoft import Microsoft
from sandbox.places import (
    Bot,
    GroupChat,
    Person,
    PersonalChat,
    Team,
    new_group_chat,
    new_person,
    new_personal_chat,
    new_team,
)

__all__ = [
    "Answer",
    "Bot",
    "GroupChat",
    "Person",
    "PersonalChat",
    "Team",
    "Teams",
    "channel_renamed",
    "emulator_install",
    "execute",
    "install_group_chat",
    "install_personal",
    "install_team",
    "installation_update",
    "member_added",
    "message",
    "new_group_chat",
    "new_person",
    "new_personal_chat",
    "new_team",
    "remove",
    "submit",
    "team_deleted",
    "team_renamed",
]

_USER_AGENT = "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)"
_TOKEN_REUSED_FOR = 600.0


class Answer(NamedTuple):
    """What the bot answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


class Teams:
    """Posts to `bot_url` + /api/messages through `session`."""

    def __init__(self, microsoft: Microsoft, bot_url: str, session: aiohttp.ClientSession) -> None:
        self._microsoft = microsoft
        self._url = f"{bot_url.rstrip('/')}/api/messages"
        self._session = session
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}

    async def post(self, activity: Any, token: str | None = None) -> Answer:
        """Posts one activity. token: None signs for its service URL as Teams does, "" sends no Authorization header."""
        if token is None:
            token = self._token(activity.get("serviceUrl") if isinstance(activity, dict) else None)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await self.post_raw(
            orjson.dumps(activity), headers | ({"Authorization": f"Bearer {token}"} if token else {})
        )

    async def post_raw(self, data: bytes, headers: Mapping[str, str]) -> Answer:
        """Posts any bytes with exactly these headers (and a User-Agent)."""
        async with self._session.post(
            self._url, data=data, headers={"User-Agent": _USER_AGENT, **headers}, skip_auto_headers=["Content-Type"]
        ) as response:
            return Answer(response.status, response.headers.copy(), await response.read())

    def _token(self, service_url: object) -> str:
        """The channel's token for that service URL, used again for some minutes as Teams does."""
        address = service_url if isinstance(service_url, str) else self._microsoft.service_url
        known = address, self._microsoft.openid.teams_key.kid
        made, token = self._tokens.get(known, (0.0, ""))
        if time.monotonic() - made > _TOKEN_REUSED_FOR or not token:
            made, token = time.monotonic(), self._microsoft.channel.token(serviceurl=address)
            self._tokens[known] = made, token
        return token
