import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import new_person, new_personal_chat, new_team
from tests.acting.stage import CALLBACK, Stage
from tests.conftest import ServedBot
from tests.handlers.talk import connect

Start = Callable[..., Awaitable[ServedBot]]


@pytest.fixture
def applications(sentry: Sentry) -> str:
    """The bot is registered in the sandbox Sentry; returns the setting that says so."""
    sentry.oauth.redirects.add(CALLBACK)
    known = {"client_id": sentry.oauth.client_id, "client_secret": sentry.oauth.client_secret}
    return json.dumps({sentry.url: known})


@pytest.fixture
async def stage(start_bot: Start, applications: str, microsoft: Microsoft, sentry: Sentry, tmp_path: Path) -> Stage:
    """A team that is connected, where people can sign in, and an issue."""
    return await staged(await start_bot(SENTRY_OAUTH_CLIENTS=applications), microsoft, sentry, tmp_path)


@pytest.fixture
async def unregistered(start_bot: Start, microsoft: Microsoft, sentry: Sentry, tmp_path: Path) -> Stage:
    """The same where nobody can sign in."""
    return await staged(await start_bot(), microsoft, sentry, tmp_path)


async def staged(bot: ServedBot, microsoft: Microsoft, sentry: Sentry, directory: Path) -> Stage:
    person = new_person("Dana Scully")
    team, chat = new_team(person=person), new_personal_chat(person=person)
    await connect(bot, microsoft, sentry, team)
    issue, _ = await sentry.raise_issue_alert()
    return Stage(bot, microsoft, sentry, team, chat, issue, directory)
