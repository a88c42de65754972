"""A connected team, people in it, and an issue: what the tests do there."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from handlers.keys import ACTING
from model import Place, PlaceKind
from sandbox.microsoft import Microsoft
from sandbox.posted import Posted
from sandbox.sentry import Sentry
from sandbox.sentry_browser import press
from sandbox.sentry_records import Issue, User
from sandbox.teams import Answer, Person, PersonalChat, Team, execute, install_personal, message, submit
from services.acting.feature import ActingFeature
from store import AuditEntry
from tests.conftest import ServedBot
from tests.handlers.page_text import PageText
from tests.handlers.talk import content, happens

BOT = "https://bot.example.org"
CALLBACK = f"{BOT}/sign-in/callback"


@dataclass(frozen=True)
class Stage:
    """`team.person` does things in `team`; `chat` is their own chat with the bot, which the bot may not know."""

    bot: ServedBot
    microsoft: Microsoft
    sentry: Sentry
    team: Team
    chat: PersonalChat
    issue: Issue
    directory: Path

    @property
    def feature(self) -> ActingFeature:
        return self.bot.app[ACTING]

    def by(self, person: Person) -> "Stage":
        """The same, with somebody else doing things."""
        return replace(self, team=self.team.by(person), chat=self.chat.by(person))

    async def ask_for_issue(self) -> str:
        """The person asks for the issue; returns the id of the card that comes."""
        await self.bot.teams.post(message(self.team, f"issue {self.issue.short_id}", mention=True))
        return self.answers()[-1].activity_id

    def card(self, card_id: str) -> dict[str, Any]:
        """What stands in Teams as that activity."""
        posted = [each for each in self.microsoft.connector.activities if each.activity_id == card_id]
        return content(posted[-1].activity)

    async def press(self, card_id: str, title: str, **inputs: str) -> dict[str, Any]:
        """Press the button on that card; returns the invoke's answer."""
        answer = await self.execute({**button(self.card(card_id), title)["data"], **inputs}, card_id)
        body: dict[str, Any] = answer.json()
        return body

    async def execute(self, data: dict[str, Any], card_id: str, where: Any = None) -> Answer:
        """Send what a button sends."""
        return await self.bot.teams.post(execute(where or self.team, data, verb=data["command"], card_id=card_id))

    async def submit(self, card_id: str, title: str, **inputs: str) -> Answer:
        """Press the button in a client that knows only Action.Submit."""
        data = {**button(self.card(card_id), title)["fallback"]["data"], **inputs}
        return await self.bot.teams.post(submit(self.team, data, card_id=card_id))

    async def settled(self, card_id: str, words: str) -> None:
        """Wait until the card shows these words to everybody."""
        await happens(lambda: words in text_of(self.card(card_id)))

    async def sign_in(self, address: str, user: User, button: str = "approve") -> tuple[int, PageText]:
        """The person opens the link and signs in; returns status and text of the last page."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            back = await self.to_sentry_and_back(browser, address, user, button)
            return await self.open(browser, back)

    async def to_sentry_and_back(
        self, browser: aiohttp.ClientSession, address: str, user: User, button: str = "approve"
    ) -> URL:
        """Open the link, go on to Sentry, press there; returns where Sentry sends the browser."""
        status, page = await self.open(browser, URL(address))
        assert status == 200, page.text
        onward = next(link for link in page.links if "/oauth/authorize/" in link)
        return await press(browser, onward, button, user=user.id)

    async def open(self, browser: aiohttp.ClientSession, address: URL) -> tuple[int, PageText]:
        """Open a page of the bot, whose public address leads to the server under test."""
        assert str(address).startswith(BOT)
        url = URL(self.bot.url).with_path(address.path).with_query(address.query)
        cookies = {cookie.key: cookie.value for cookie in browser.cookie_jar}
        async with browser.get(url, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}) as answer:
            return answer.status, PageText(await answer.text())

    async def link(self, user: User) -> None:
        """The person links their account in Sentry."""
        await self.bot.teams.post(install_personal(self.chat))
        await self.bot.teams.post(message(self.chat, "link"))
        status, page = await self.sign_in(sign_in_address(self.last()), user)
        assert status == 200, page.text

    def answers(self) -> list[Posted]:
        """What the bot has answered in threads and in the person's own chat; alerts are neither."""
        mine = self.chat.conversation_id
        posted = [each for each in self.microsoft.connector.activities if each.method == "POST"]
        return [each for each in posted if ";messageid=" in each.conversation_id or each.conversation_id == mine]

    def last(self) -> dict[str, Any]:
        """The card that the bot has answered last."""
        return content(self.answers()[-1].activity)

    async def audit(self) -> list[AuditEntry]:
        """What was done to issues in the team, as the audit trail has it."""
        store = self.feature.acting.services.store
        place = Place(self.team.tenant_id, self.team.team_id, PlaceKind.TEAM)
        return [entry for entry in await store.audit_entries(place) if entry.action.startswith("issue ")]


def button(part: Any, title: str) -> dict[str, Any]:
    """The action with that title, wherever in the card it is."""
    found = _button(part, title)
    assert found is not None, f"no button {title}"
    return found


def _button(part: Any, title: str) -> dict[str, Any] | None:
    if isinstance(part, dict):
        if part.get("type") == "Action.Execute" and part.get("title") == title:
            return part
        part = list(part.values())
    if isinstance(part, list):
        return next((found for each in part if (found := _button(each, title))), None)
    return None


def text_of(part: Any) -> str:
    """All texts of a card, one after another."""
    if isinstance(part, dict):
        return " ".join(text_of(value) for name, value in part.items() if name != "data")
    if isinstance(part, list):
        return " ".join(text_of(each) for each in part)
    return part if isinstance(part, str) else ""


def sign_in_address(card: dict[str, Any]) -> str:
    """Where the card's button leads."""
    found = [action["url"] for action in card["actions"] if action["type"] == "Action.OpenUrl"]
    assert "/sign-in/start?" in found[0]
    return str(found[0])
