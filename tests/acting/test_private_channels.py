"""Private and shared channels of a team: the bot learns of one when somebody speaks to it there."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.activities import Activity
from sandbox.posted import Posted
from sandbox.teams import execute, message
from tests.acting.stage import Stage, button
from tests.handlers.talk import content, happens

# A private channel has a thread id of its own, of the same form; Teams names its kind in some events only.
CHANNEL = "19:5f0c2d1e7a9b4c3d8e6f1a2b3c4d5e6f@thread.tacv2"


def _in(activity: Activity, kind: str) -> Activity:
    """The activity as it comes from such a channel."""
    data: dict[str, Any] = activity["channelData"]
    data["channel"] = {**data.get("channel", {}), "id": CHANNEL, "type": kind}
    return activity


def posted(stage: Stage) -> list[Posted]:
    """The cards that were posted into the channel, outside of threads."""
    activities = stage.microsoft.connector.activities.copy()
    return [each for each in activities if each.method == "POST" and each.conversation_id == CHANNEL]


@pytest.mark.parametrize("kind", ["private", "shared"])
async def test_alerts_and_clicks_in_a_channel_of_some_of_the_team(stage: Stage, kind: str) -> None:
    await stage.link(stage.sentry.furniture.dana)
    channel = replace(stage.team, channel_id=CHANNEL, channel_name="Incidents")
    await stage.bot.teams.post(_in(message(channel, "subscribe issues", mention=True), kind))
    await stage.sentry.raise_issue_alert()
    await happens(lambda: posted(stage))
    (card,) = posted(stage)
    data = button(content(card.activity), "Resolve")["data"]
    pressed = _in(execute(channel, data, verb="resolve", card_id=card.activity_id), kind)
    assert (await stage.bot.teams.post(pressed)).json()["statusCode"] == 200
    await stage.settled(card.activity_id, "Unresolve")
