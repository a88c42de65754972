"""What breaks is told once and can be repaired in place; what was missed is caught up with."""

import asyncio
from collections.abc import Awaitable, Callable

from handlers.keys import ALERTS
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure
from sandbox.teams import Team
from tests.alerts.world import Alerting, words
from tests.conftest import ServedBot
from tests.handlers.talk import connect, finish_setup, happens

BROKEN = "The connection to The Interstellar Jurisdiction is broken"


async def test_a_refused_token_is_told_once_and_alerts_still_come(alerting: Alerting) -> None:
    sentry = alerting.sentry
    sentry.state.tokens.clear()
    for number in range(3):
        await sentry.raise_issue_alert(Alert(failure=Failure(title=f"KeyError: {number}")))
        await alerting.card(f"KeyError: {number}")
    await alerting.card(BROKEN)
    await asyncio.sleep(0.5)
    assert len(alerting.cards(BROKEN)) == 1


async def test_a_setup_repairs_the_connection_in_place(alerting: Alerting) -> None:
    sentry = alerting.sentry
    await alerting.say("subscribe issues project:web")
    token = sentry.state.tokens.pop(sentry.token)
    await sentry.raise_issue_alert()
    await alerting.card(BROKEN)
    sentry.state.tokens["new-token"] = token
    sentry.token = "new-token"
    await alerting.say("setup")
    await finish_setup(alerting.bot, alerting.microsoft, sentry)
    issue, _ = await sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: after")))
    assert issue.short_id in words((await alerting.card("KeyError: after")).activity)
    assert "project web" in await alerting.say("subscriptions")


async def test_cards_are_refreshed_after_downtime(
    start_bot: Callable[..., Awaitable[ServedBot]], microsoft: Microsoft, sentry: Sentry
) -> None:
    bot = await start_bot()
    await connect(bot, microsoft, sentry, Team())
    alerting = Alerting(bot, microsoft, sentry, Team())
    issue, _ = await sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    sentry.app.webhook_url = ""
    await sentry.change_issue(issue.id, {"status": "resolved"}, sentry.furniture.dana)
    await happens(lambda: card.activity_id)
    await bot.app[ALERTS].running.catch_up(silent=0.0)
    assert "Resolved" in await alerting.looks(card, "Resolved")
