"""Answers that the connector does not take at once come a little later, and once."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sandbox.faults import close, respond
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import install_team, message, new_personal_chat, new_team
from tests.conftest import ServedBot
from tests.handlers.talk import content, finish_setup, happens, say, summaries


def rows(tmp_path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        return connection.execute(statement).fetchall()


async def test_an_answer_comes_later_in_its_own_thread(bot: ServedBot, microsoft: Microsoft, tmp_path: Path) -> None:
    team = new_team()
    command = message(team, "help", mention=True)
    microsoft.connector.faults.add(close())
    assert (await bot.teams.post(command)).status == 201
    await microsoft.connector.arrived(1)
    assert (await bot.teams.post(command)).status == 201
    await asyncio.sleep(0.2)
    assert [posted.conversation_id for posted in microsoft.connector.activities] == [command["conversation"]["id"]]
    ((minutes,),) = rows(tmp_path, "SELECT (deadline - created_at) / 60000.0 FROM deliveries")
    assert minutes == 10


async def test_a_setup_card_that_comes_later_loses_its_button_too(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, tmp_path: Path
) -> None:
    chat = new_personal_chat()
    await say(bot, chat, "status")
    microsoft.connector.faults.add(close())
    await say(bot, chat, "setup")
    await microsoft.connector.arrived(2)
    await happens(lambda: rows(tmp_path, "SELECT welcome_activity_id IS NOT NULL FROM installations") == [(1,)])
    await finish_setup(bot, microsoft, sentry)
    _, card, _ = microsoft.connector.shown(chat.id)
    assert not content(card).get("actions")


async def test_an_older_setup_card_that_still_waits_is_not_posted(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    chat = new_personal_chat()
    microsoft.connector.faults.add(respond(503, headers={"Retry-After": "60"}))
    await say(bot, chat, "setup")
    await say(bot, chat, "setup")
    assert len(summaries(microsoft)) == 1
    assert rows(tmp_path, "SELECT state, outcome FROM deliveries") == [(3, "a newer setup link was issued")]


async def test_a_confirmation_comes_later_and_the_page_says_so(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry
) -> None:
    team = new_team()
    await bot.teams.post(install_team(team))
    microsoft.connector.faults.add(close(), method="POST")
    page = await finish_setup(bot, microsoft, sentry)
    assert "is on its way and will appear there shortly" in page
    assert "waiting in Teams" not in page
    await happens(lambda: len(summaries(microsoft)) == 2)
    assert "Ada Lovelace" in str(microsoft.connector.activities[-1].activity)


async def test_a_message_from_a_place_that_was_gone_makes_it_reachable(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    chat = new_personal_chat()
    await say(bot, chat, "setup")
    microsoft.connector.faults.add(respond(403, json={"error": {"code": "MessageWritesBlocked"}}))
    assert await say(bot, chat, "help") == 201
    asked = "SELECT unreachable_reason FROM installations"
    assert rows(tmp_path, asked) == [("connector: 403 MessageWritesBlocked",)]
    await say(bot, chat, "help")
    assert rows(tmp_path, asked) == [(None,)]
