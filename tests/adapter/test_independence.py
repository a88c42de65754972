"""While one of Microsoft's hosts hangs, only those wait who need it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sandbox.faults import Fault, Faults, hang, trickle
from sandbox.microsoft import Microsoft
from sandbox.places import new_personal_chat, new_team
from sandbox.teams import install_personal, install_team, installation_update
from tests.adapter.draft import Draft
from tests.adapter.wire import exchange
from tests.conftest import ServedBot

OTHERS = 50
SLOW: dict[str, Fault] = {"hangs": hang(), "trickles": trickle(1.0)}
slowly = pytest.mark.parametrize("slow", SLOW)


@asynccontextmanager
async def stuck(work: Awaitable[Any], faults: Faults) -> AsyncIterator[None]:
    """Begin what gets stuck in a fault; at the end it must be stuck still."""
    task = asyncio.ensure_future(work)
    async with asyncio.timeout(10):
        while not faults.played:  # noqa: ASYNC110 - played in another thread
            await asyncio.sleep(0.005)
    yield
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def fifty(make: Callable[[], Awaitable[int]]) -> set[int]:
    """Do something fifty times at once; return the statuses."""
    return set(await asyncio.gather(*(make() for _ in range(OTHERS))))


async def send(bot: ServedBot, activity: dict[str, Any], **claims: Any) -> int:
    return (await bot.teams.post(activity, token=claims.pop("token", None))).status


@slowly
async def test_while_the_key_host_hangs(bot: ServedBot, microsoft: Microsoft, slow: str) -> None:
    assert await send(bot, install_personal(new_personal_chat())) == 201
    microsoft.openid.faults.add(SLOW[slow], times=None)
    unknown = Draft(microsoft, token=microsoft.channel.token(kid="unknown"))

    async def install() -> int:
        """With a token that has to be verified, since nobody has seen it."""
        chat = new_personal_chat()
        return await send(bot, install_personal(chat), token=microsoft.channel.token(jti=chat.id))

    async with stuck(exchange(bot.url, unknown.wire()), microsoft.openid.faults):
        assert await fifty(install) == {201}
    assert len(microsoft.connector.activities) == OTHERS + 1


@slowly
async def test_while_the_token_host_hangs(bot: ServedBot, microsoft: Microsoft, slow: str) -> None:
    microsoft.entra.faults.add(SLOW[slow], times=None)
    event = installation_update(new_team(), "add-upgrade")
    async with stuck(send(bot, install_team(new_team())), microsoft.entra.faults):
        assert await fifty(lambda: send(bot, event)) == {201}
        assert await fifty(lambda: send(bot, event, token="forged")) == {401}
    assert microsoft.entra.faults.played == 1


@slowly
async def test_while_the_connector_hangs_for_one_conversation(bot: ServedBot, microsoft: Microsoft, slow: str) -> None:
    team = new_team()
    microsoft.connector.faults.add(SLOW[slow], times=None, path=team.channel_id.partition("@")[0])
    async with stuck(send(bot, install_team(team)), microsoft.connector.faults):
        assert await fifty(lambda: send(bot, install_personal(new_personal_chat()))) == {201}


@slowly
async def test_while_the_connector_hangs_for_all(bot: ServedBot, microsoft: Microsoft, slow: str) -> None:
    microsoft.connector.faults.add(SLOW[slow], times=None)
    event = installation_update(new_team(), "add-upgrade")
    async with stuck(
        asyncio.gather(*(send(bot, install_team(new_team())) for _ in range(20))), microsoft.connector.faults
    ):
        assert await fifty(lambda: send(bot, event)) == {201}
        assert await fifty(lambda: send(bot, {**event, "serviceUrl": "https://evil.example/"})) == {403}
