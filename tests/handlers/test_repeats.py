"""Teams sends an activity again: nothing is done twice, on no instance, also after a restart."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import execute, message, new_personal_chat, new_team, submit
from tests.conftest import ServedBot
from tests.handlers.talk import connect, content, finish_setup, last_card, say, summaries

Start = Callable[..., Awaitable[ServedBot]]
DISCONNECT = {"command": "disconnect", "confirmed": True}


def nonces(tmp_path: Path) -> list[str]:
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        return [row[0] for row in connection.execute("SELECT setup_nonce FROM installations")]


async def test_a_command_that_is_sent_again_issues_no_second_link_and_card(
    start_bot: Start, microsoft: Microsoft, tmp_path: Path
) -> None:
    one, other = await start_bot(), await start_bot()
    command = message(new_personal_chat(), "setup")
    assert (await one.teams.post(command)).status == 201
    issued = nonces(tmp_path)
    again = await asyncio.gather(*(bot.teams.post(command) for bot in (one, other)))
    restarted = await start_bot()
    again.append(await restarted.teams.post(command))
    assert [answer.status for answer in again] == [201] * 3
    assert (len(summaries(microsoft)), nonces(tmp_path)) == (1, issued)


async def test_a_command_that_comes_twice_at_once_is_answered_once(start_bot: Start, microsoft: Microsoft) -> None:
    bots = [await start_bot() for _ in range(2)]
    command = message(new_team(), "help", mention=True)
    await asyncio.gather(*(bot.teams.post(command) for bot in bots * 5))
    assert len(summaries(microsoft)) == 1


async def test_the_same_id_elsewhere_is_another_activity(bot: ServedBot, microsoft: Microsoft) -> None:
    first, second = (message(new_personal_chat(), "help") for _ in range(2))
    await bot.teams.post(first)
    await bot.teams.post({**second, "id": first["id"]})
    assert len(summaries(microsoft)) == 2


async def test_without_an_id_every_message_is_answered(bot: ServedBot, microsoft: Microsoft) -> None:
    command = {name: value for name, value in message(new_personal_chat(), "help").items() if name != "id"}
    for _ in range(2):
        assert (await bot.teams.post(command)).status == 201
    assert len(summaries(microsoft)) == 2


async def test_a_command_whose_turn_failed_may_be_sent_again(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    command = message(new_personal_chat(), "setup")
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = await bot.teams.post(command)
        other.execute("ROLLBACK")
    assert answer.status == 503
    assert (await bot.teams.post(command)).status == 201
    assert len(summaries(microsoft)) == 1


# Welcome and confirmation with its update, twice; the question; what a submitted click is answered by is one more.
POSTED = {execute: 7, submit: 8}


@pytest.mark.parametrize("click", [execute, submit])
async def test_a_click_that_is_sent_again_disconnects_once(
    start_bot: Start, microsoft: Microsoft, sentry: Sentry, click: Any
) -> None:
    one, other = await start_bot(), await start_bot()
    chat = new_personal_chat()
    await connect(one, microsoft, sentry, chat)
    await say(one, chat, "disconnect")
    pressed = click(chat, DISCONNECT)
    first = await one.teams.post(pressed)
    await connect_again(one, microsoft, sentry, chat)
    await microsoft.connector.arrived(POSTED[click])
    posted = len(summaries(microsoft))
    second = await other.teams.post(pressed)
    assert (first.status, second.status) == ((200, 200) if click is execute else (201, 201))
    assert len(summaries(microsoft)) == posted
    if click is execute:
        assert "Connected by" in str(second.json()["value"]), "it tells how things stand"
    await say(one, chat, "status")
    assert "The Interstellar Jurisdiction" in str(last_card(microsoft))


async def connect_again(bot: ServedBot, microsoft: Microsoft, sentry: Sentry, chat: Any) -> None:
    await say(bot, chat, "setup")
    await finish_setup(bot, microsoft, sentry)


async def test_a_card_in_answer_to_a_click_is_the_same_for_the_first_time_only(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry
) -> None:
    chat = new_personal_chat()
    await connect(bot, microsoft, sentry, chat)
    pressed = execute(chat, DISCONNECT)
    first, second = [(await bot.teams.post(pressed)).json()["value"] for _ in range(2)]
    assert "disconnected" in str(first).lower()
    assert content({"attachments": [{"content": second}]}) != first
