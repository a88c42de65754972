"""The bot as a process: how it starts, what survives its sudden end, and how it stops."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.child import Child
from sandbox.faults import delay, hang
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import Teams, install_personal, install_team, installation_update, new_personal_chat, new_team
from settings import setting_names
from tests.databases import let_pass
from tests.handlers.talk import happens, setup_path, summaries

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """The environment of a bot with exactly these settings, whatever is set here or stands in .env."""
    return {**os.environ, **dict.fromkeys(setting_names(), ""), **values}


async def run(values: Mapping[str, str]) -> tuple[int | None, str, str]:
    """Exit status, standard output and standard error of a bot that does not start."""
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "bot.py"),
        cwd=ROOT,
        env=environment(values),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(bot.communicate(), 30)
    return bot.returncode, out.decode(), err.decode()


@dataclass(frozen=True, slots=True)
class Process:
    """A bot in a process of its own, and Teams talking to it."""

    child: Child
    url: str
    teams: Teams

    async def end(self, how: signal.Signals) -> int:
        """Send it a signal and return its exit status."""
        self.child.signal(how)
        return await asyncio.to_thread(self.child.wait)


@asynccontextmanager
async def process(values: Mapping[str, str], microsoft: Microsoft) -> AsyncIterator[Process]:
    """Run a bot with these settings on a free port."""
    port = free_port()
    given = environment({"HOST": "127.0.0.1", **values, "PORT": str(port)})
    child = Child([sys.executable, "bot.py"], ROOT, "/api/messages", given)
    await asyncio.to_thread(child.start)
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{port}"
            yield Process(child, url, Teams(microsoft, url, session))
    finally:
        await asyncio.to_thread(child.stop)


@pytest.fixture
async def start(values: dict[str, str], microsoft: Microsoft) -> AsyncIterator[Callable[[], Any]]:
    """Start a registered bot; each call starts another one on the same database."""
    async with AsyncExitStack() as running:
        yield lambda: running.enter_async_context(process(values, microsoft))


def change(tmp_path: Path, statement: str, *values: object) -> int:
    """Change the database behind the bots' back; returns how many rows it hit."""
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as connection:
        return connection.execute(statement, values).rowcount


async def test_bad_settings_are_refused_in_one_message() -> None:
    status, out, err = await run({"MicrosoftAppId": "my bot", "LOG_LEVEL": "LOUD", "PORT": "http"})
    lines = err.splitlines()
    assert (status, out, lines[0]) == (2, "", "The settings cannot be used:")
    assert all(line.startswith("  - ") for line in lines[1:])
    assert {"MicrosoftAppId", "MicrosoftAppPassword", "LOG_LEVEL", "PORT"} <= {line.split()[1] for line in lines[1:]}


async def test_a_port_that_is_taken_is_told_in_one_line(values: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, out, err = await run({**values, "HOST": "127.0.0.1", "PORT": port})
    told = [line for line in err.splitlines() if not line.startswith("{")]
    assert (status, out, len(told)) == (1, "", 1)
    assert told[0].startswith("The bot cannot start: ")
    assert port in told[0]


async def test_local_mode_is_for_this_machine_only(microsoft: Microsoft, tmp_path: Path) -> None:
    values = {"HOST": "", "SECRET_KEY": "k" * 40, "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    async with process(values, microsoft) as bot, aiohttp.ClientSession() as browser:
        port = int(bot.url.rpartition(":")[2])
        async with browser.get(f"http://localhost:{port}/") as home:
            assert home.status == 200
        # Every address in 127.0.0.0/8 is this machine: only a bot that listens on all addresses answers to another one.
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port), timeout=1)
        await happens(lambda: "What to do next" in bot.child.output[-1])
        output = "".join(bot.child.output)
        assert "Local mode: nobody is authenticated" in output
        assert f"http://localhost:{port}/api/messages" in output
        assert f"What to do next: http://localhost:{port}/" in output


async def test_a_sudden_end_loses_nothing_that_was_answered_and_no_welcome(
    start: Callable[[], Any], microsoft: Microsoft, tmp_path: Path
) -> None:
    greeted, waiting = new_team("Greeted"), new_team("Waiting")
    first = await start()
    assert (await first.teams.post(install_team(greeted))).status == 201
    microsoft.connector.faults.add(hang())
    unanswered = asyncio.create_task(first.teams.post(install_team(waiting)))
    await happens(lambda: microsoft.connector.faults.played)
    assert await first.end(signal.SIGKILL) == -signal.SIGKILL
    with pytest.raises(aiohttp.ClientError):
        await unanswered
    # Whoever took on the welcome has a minute before anybody else may; here that minute is over.
    claimed_at = (datetime.now(UTC) - timedelta(minutes=2)).isoformat(" ", "microseconds")
    assert (
        change(tmp_path, "UPDATE installations SET welcome_claimed_at = ? WHERE welcomed_at IS NULL", claimed_at) == 1
    )
    second = await start()
    await microsoft.connector.arrived(2)
    for team in (greeted, waiting):
        assert (await second.teams.post(installation_update(team))).status == 201
    assert summaries(microsoft) == ["Set up Sentry for Greeted", "Set up Sentry for Waiting"]
    for link in [
        posted.activity["attachments"][0]["content"]["actions"][0] for posted in microsoft.connector.activities
    ]:
        async with aiohttp.ClientSession() as browser, browser.get(second.url + link["url"].split(".org")[1]) as page:
            assert page.status == 200


async def test_a_sudden_end_after_the_setup_was_stored_loses_no_confirmation(
    start: Callable[[], Any], microsoft: Microsoft, sentry: Sentry, values: dict[str, str]
) -> None:
    first = await start()
    await first.teams.post(install_personal(new_personal_chat()))
    sentry.app.webhook_url = f"{values['PUBLIC_URL']}/sentry/webhook"
    form = {"sentry_url": sentry.url, "organization": sentry.organization.slug, "token": sentry.token}
    form["client_secret"] = sentry.app.client_secret
    microsoft.connector.faults.add(hang(), times=2)
    async with aiohttp.ClientSession() as browser:
        finishing = asyncio.create_task(browser.post(first.url + setup_path(microsoft), data=form))
        await happens(lambda: microsoft.connector.faults.played == 2)
        assert await first.end(signal.SIGKILL) == -signal.SIGKILL
        with pytest.raises(aiohttp.ClientError):
            await finishing
    let_pass(values["DATABASE_URL"], 60)
    await start()
    await microsoft.connector.arrived(3)
    assert summaries(microsoft)[1:] == [f"{sentry.organization.name} is connected to this chat"]
    assert [posted.method for posted in microsoft.connector.activities] == ["POST", "POST", "PUT"]


async def test_two_processes_on_one_database_greet_each_place_once(
    start: Callable[[], Any], microsoft: Microsoft
) -> None:
    one, other = await asyncio.gather(start(), start())
    teams = [new_team(f"Team {number}") for number in range(20)]
    answers = await asyncio.gather(
        *(one.teams.post(install_team(team)) for team in teams),
        *(other.teams.post(installation_update(team)) for team in teams),
    )
    assert {answer.status for answer in answers} == {201}
    assert sorted(summaries(microsoft)) == sorted(f"Set up Sentry for {team.name}" for team in teams)


async def test_a_bot_that_is_told_to_stop_finishes_what_it_does(start: Callable[[], Any], microsoft: Microsoft) -> None:
    bot = await start()
    microsoft.connector.faults.add(delay(1))
    turn = asyncio.create_task(bot.teams.post(install_team(new_team("Last"))))
    await happens(lambda: microsoft.connector.faults.played)
    assert await bot.end(signal.SIGTERM) == 0
    assert (await turn).status == 201
    assert summaries(microsoft) == ["Set up Sentry for Last"]
