"""Alerts outlive the process, and several share the work."""

import asyncio
from collections.abc import Awaitable, Callable

from sandbox.faults import delay
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert
from sandbox.teams import Team
from tests.alerts.world import Alerting
from tests.conftest import ServedBot, serve
from tests.databases import ask
from tests.handlers.talk import connect, happens


async def test_an_alert_that_was_taken_comes_after_a_restart(
    values: dict[str, str], microsoft: Microsoft, sentry: Sentry
) -> None:
    async with serve(values, microsoft) as first:
        await connect(first, microsoft, sentry, Team())
        sentry.faults.add(delay(3))
        _, delivery = await sentry.raise_issue_alert()
        assert delivery.status == 200
        alerting = Alerting(first, microsoft, sentry, Team())
    assert not alerting.cards("ValueError: bad total")
    async with serve(values, microsoft):
        await alerting.card("ValueError: bad total")


async def test_two_processes_make_one_card(
    start_bot: Callable[..., Awaitable[ServedBot]], microsoft: Microsoft, sentry: Sentry, url: str
) -> None:
    bot, _ = await start_bot(DATABASE_URL=url), await start_bot(DATABASE_URL=url)
    await connect(bot, microsoft, sentry, Team())
    alerting = Alerting(bot, microsoft, sentry, Team())
    issue, first = await sentry.raise_issue_alert()
    more = [sentry.raise_issue_alert(Alert(issue_id=issue.id)) for _ in range(20)]
    again = [sentry.send_again(first) for _ in range(5)]
    await asyncio.gather(*more, *again)
    waiting = "SELECT count(*) FROM webhooks WHERE state = 0"
    await happens(lambda: ask(url, waiting) == [(0,)])
    await alerting.looks(await alerting.card("ValueError: bad total"), "Updated: 20 events")
    assert len(alerting.cards("ValueError: bad total")) == 1
