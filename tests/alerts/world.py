"""What the tests of alerts do and look at."""

from dataclasses import dataclass
from typing import Any

from sandbox.microsoft import Microsoft
from sandbox.posted import Posted
from sandbox.sentry import Sentry
from tests.conftest import ServedBot
from tests.handlers.talk import Place, happens, say, summaries

SETUP = ("connected", "Connect", "Sentry is here")


@dataclass(frozen=True, slots=True)
class Alerting:
    """A bot between Teams and Sentry."""

    bot: ServedBot
    microsoft: Microsoft
    sentry: Sentry
    place: Place

    @property
    def posted(self) -> list[Posted]:
        """All that was posted or updated."""
        return self.microsoft.connector.activities.copy()

    def cards(self, text: str) -> list[Posted]:
        """New messages whose summary contains the text."""
        return [each for each in self.posted if each.method == "POST" and text in each.activity.get("summary", "")]

    def shown(self, posted: Posted) -> dict[str, Any]:
        """How a posted card looks now."""
        return [each.activity for each in self.posted if each.activity_id == posted.activity_id][-1]

    async def card(self, text: str) -> Posted:
        """The one card whose summary contains the text, once it is there."""
        await happens(lambda: self.cards(text))
        return self.cards(text)[0]

    async def looks(self, posted: Posted, text: str) -> str:
        """All the words of a card, once the text is among them."""
        await happens(lambda: text in words(self.shown(posted)))
        return words(self.shown(posted))

    async def say(self, text: str) -> str:
        """Say something in the place; returns all the words of the answer."""
        count = len(summaries(self.microsoft))
        assert await say(self.bot, self.place, text) < 300
        await happens(lambda: len(summaries(self.microsoft)) > count)
        return words(self.posted[-1].activity)


def words(value: object) -> str:
    """Every text in an activity."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(words(each) for each in value.values())
    return "\n".join(words(each) for each in value) if isinstance(value, list) else ""
