"""What is counted of the alerts, and how long cards are remembered."""

import asyncio
from datetime import timedelta

import pytest

from handlers.keys import ALERTS
from sandbox.sentry_hooks import Alert
from sandbox.teams import execute
from services.alerts.running import CARDS_KEPT
from store import Store
from tests.acting.stage import button
from tests.alerts.test_door import body_for, knock
from tests.alerts.world import Alerting
from tests.conftest import ServedBot
from tests.databases import ask
from tests.handlers.talk import happens
from tests.store.places import KEYS

BAD_TOTAL = "ValueError: bad total"
OF_BAD_TOTAL = "SELECT count(*) FROM issue_cards"


async def figures(bot: ServedBot) -> dict[str, float]:
    async with bot.session.get(f"{bot.url}/metrics") as answer:
        rows = [line.rpartition(" ") for line in (await answer.text()).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in rows}


async def test_webhooks_are_counted_by_resource_and_outcome(alerting: Alerting) -> None:
    before = await figures(alerting.bot)
    _, delivery = await alerting.sentry.raise_issue_alert()
    await alerting.sentry.send_again(delivery)
    await alerting.sentry.send("a-resource-of-tomorrow", "created", {})
    await knock(alerting.bot, body_for(alerting.sentry.app.installation), "x" * 64)
    await knock(alerting.bot, b"x" * (5 * 1024 * 1024 + 1), "x")
    after = await figures(alerting.bot)

    def grew(resource: str, outcome: str) -> float:
        name = f'bot_webhooks_total{{outcome="{outcome}",resource="{resource}"}}'
        return after.get(name, 0.0) - before.get(name, 0.0)

    kinds = ("stored", "repeated", "wrong_signature", "too_large")
    refused = grew("event_alert", "wrong_signature") + grew("event_alert", "unknown")
    assert [grew("event_alert", each) for each in kinds if each != "wrong_signature"] == [1, 1, 1]
    assert refused == 1
    assert grew("other", "ignored") == 1
    assert "a-resource-of-tomorrow" not in str(after)
    assert alerting.sentry.organization.slug not in str(after)


async def test_work_and_cards_are_counted(alerting: Alerting) -> None:
    before = await figures(alerting.bot)
    issue, _ = await alerting.sentry.raise_issue_alert()
    card = await alerting.card(BAD_TOTAL)
    await alerting.sentry.raise_issue_alert(Alert(issue_id=issue.id))
    await alerting.looks(card, "Updated: 1 event")
    after = await figures(alerting.bot)

    def grew(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert grew('bot_cards_total{what="opened"}') == 1
    assert grew('bot_cards_total{what="counted"}') == 1
    assert grew('bot_cards_total{what="painted"}') >= 1
    assert grew('bot_webhook_work_total{kind="EventAlert",outcome="done"}') == 2
    assert grew("bot_webhook_seconds_count") >= 2
    assert 0 < grew("bot_webhook_seconds_sum") < 20


async def test_an_old_card_is_forgotten_and_its_buttons_still_work(alerting: Alerting, values: dict[str, str]) -> None:
    url, sentry = values["DATABASE_URL"], alerting.sentry
    issue, _ = await sentry.raise_issue_alert()
    card = await alerting.card(BAD_TOTAL)
    await happens(lambda: ask(url, "SELECT count(*) FROM issue_cards WHERE activity_id IS NOT NULL") == [(1,)])
    days = CARDS_KEPT.days + 1
    ask(url, f"UPDATE issue_cards SET opened_at = datetime(opened_at, '-{days} days')")  # noqa: S608
    ask(url, "UPDATE connections SET anybody_may_act = 1")
    await sentry.raise_issue_alert(Alert())
    await happens(lambda: len(alerting.cards(BAD_TOTAL)) == 2)
    store = await Store.open(url, cipher_keys=KEYS)
    clock = alerting.bot.app[ALERTS].cards.clock
    assert await store.alerts.prune_cards(clock() - CARDS_KEPT) is False
    await store.close()
    assert ask(url, OF_BAD_TOTAL) == [(1,)]
    assert ask(url, f"SELECT count(*) FROM issue_cards WHERE activity_id = '{card.activity_id}'") == [(0,)]  # noqa: S608
    data = button(card.activity["attachments"][0]["content"], "Resolve")["data"]
    answer = await alerting.bot.teams.post(
        execute(alerting.place, data, verb=data["command"], card_id=card.activity_id)
    )
    assert answer.status == 200
    await happens(lambda: sentry.issue(issue.id).status == "resolved")
    assert "Resolved" in await alerting.looks(card, "Resolved")


@pytest.mark.parametrize("age", [timedelta(days=1), CARDS_KEPT - timedelta(days=1)])
async def test_a_card_is_kept_as_long_as_is_said(alerting: Alerting, values: dict[str, str], age: timedelta) -> None:
    url = values["DATABASE_URL"]
    await alerting.sentry.raise_issue_alert()
    await alerting.card(BAD_TOTAL)
    ask(url, f"UPDATE issue_cards SET opened_at = datetime(opened_at, '-{age.days} days')")  # noqa: S608
    store = await Store.open(url, cipher_keys=KEYS)
    await store.alerts.prune_cards(alerting.bot.app[ALERTS].cards.clock() - CARDS_KEPT)
    await store.close()
    assert ask(url, OF_BAD_TOTAL) == [(1,)]


async def test_an_alert_for_a_place_that_is_gone_is_counted(alerting: Alerting) -> None:
    before = await figures(alerting.bot)
    name = "bot_rules_without_place_total"
    await alerting.sentry.raise_issue_alert(Alert(settings={"place": "999999"}))

    async def counted() -> bool:
        return (await figures(alerting.bot))[name] == before[name] + 1

    for _ in range(50):
        if await counted():
            break
        await asyncio.sleep(0.05)
    assert await counted()
