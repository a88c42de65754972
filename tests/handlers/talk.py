"""What tests do in a conversation with the bot: read its cards, follow its setup link, finish the setup."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from handlers.keys import PAGE_FACTS
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import GroupChat, PersonalChat, Team, install_group_chat, install_personal, install_team, message
from tests.conftest import ServedBot
from tests.handlers.page_text import PageText

Place = Team | PersonalChat | GroupChat
INSTALL: dict[type[Place], Any] = {
    Team: install_team,
    PersonalChat: install_personal,
    GroupChat: install_group_chat,
}


def summaries(microsoft: Microsoft) -> list[str]:
    """The summaries of what the bot has posted, in order; replaced cards are left out."""
    return [posted.activity["summary"] for posted in microsoft.connector.activities if posted.method == "POST"]


def content(activity: dict[str, Any]) -> dict[str, Any]:
    """The Adaptive Card of an activity."""
    card: dict[str, Any] = activity["attachments"][0]["content"]
    return card


def last_card(microsoft: Microsoft) -> dict[str, Any]:
    """The card that the bot has posted last."""
    return content(microsoft.connector.activities[-1].activity)


def setup_path(microsoft: Microsoft) -> str:
    """Path and query of the setup link in the newest card that has one."""
    for posted in reversed(microsoft.connector.activities):
        for action in content(posted.activity).get("actions", []):
            if "/setup?" in action.get("url", ""):
                parts = urlsplit(action["url"])
                return f"{parts.path}?{parts.query}"
    raise AssertionError("no card with a setup link")


async def page(bot: ServedBot, path: str) -> tuple[int, PageText]:
    """Status and text of a page."""
    async with bot.session.get(f"{bot.url}{path}") as response:
        return response.status, PageText(await response.text())


async def finish_setup(bot: ServedBot, microsoft: Microsoft, sentry: Sentry, by: str = "Ada Lovelace") -> str:
    """A person finishes the setup that the newest link leads to; returns the page that tells so."""
    form = {"sentry_url": sentry.url, "organization": sentry.organization.slug, "token": sentry.token}
    form["client_secret"] = sentry.app.client_secret
    sentry.app.webhook_url = f"{bot.app[PAGE_FACTS].public_url}/sentry/webhook"
    async with bot.session.post(f"{bot.url}{setup_path(microsoft)}", data={**form, "connected_by": by}) as response:
        told = await response.text()
        assert response.status == 200, told
    # The public address exists in the tests' settings only; from now on webhooks come straight to the bot.
    sentry.app.webhook_url = f"{bot.url}/sentry/webhook"
    return told


async def connect(bot: ServedBot, microsoft: Microsoft, sentry: Sentry, place: Place) -> None:
    """Install the bot in `place` and finish the setup there."""
    await bot.teams.post(INSTALL[type(place)](place))
    await finish_setup(bot, microsoft, sentry)


async def say(bot: ServedBot, place: Place, text: str, **how: Any) -> int:
    """Say something to the bot, mentioning it where it is not alone with the person; returns the status."""
    mention = not isinstance(place, PersonalChat)
    return (await bot.teams.post(message(place, text, **{"mention": mention, **how}))).status


async def happens(condition: Callable[[], object]) -> None:
    """Wait until `condition` holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.01)
