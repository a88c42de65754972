"""The bot in Sentry's own rule editor."""

from datetime import timedelta

import aiohttp

from handlers.keys import ALERTS
from sandbox.faults import respond
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert
from sandbox.teams import PersonalChat, Team
from services.alerts.running import CARDS_KEPT
from store import Store
from tests.alerts.world import Alerting
from tests.conftest import ServedBot
from tests.handlers.talk import Place, connect
from tests.store.places import KEYS

PATH = "/sentry/alert-rule"


async def chosen(alerting: Alerting, **query: str) -> list[dict[str, str]]:
    answer = await alerting.sentry.rule_options(**query)
    assert answer.status == 200
    assert isinstance(answer.json, list)
    return answer.json


async def test_the_picker_offers_every_kind_of_place(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, any_place: Place
) -> None:
    await connect(bot, microsoft, sentry, any_place)
    (choice,) = await chosen(Alerting(bot, microsoft, sentry, any_place))
    assert choice["label"]
    saved = await sentry.save_rule_action({"place": choice["value"]})
    assert saved.status == 200
    await sentry.raise_issue_alert(Alert(settings={"place": choice["value"]}))
    await Alerting(bot, microsoft, sentry, any_place).card("ValueError: bad total")


async def test_the_picker_names_channels_in_which_somebody_subscribed(alerting: Alerting) -> None:
    channel = Team(channel_id="19:private@thread.tacv2")
    await Alerting(alerting.bot, alerting.microsoft, alerting.sentry, channel).say("subscribe metrics")
    labels = [choice["label"] for choice in await chosen(alerting)]
    assert len(labels) == 2
    assert all(label.startswith("Acme Corp") for label in labels)
    assert await chosen(alerting, query="no such place") == []


async def test_a_rule_that_names_a_place_posts_there_only(alerting: Alerting) -> None:
    other = PersonalChat()
    await connect(alerting.bot, alerting.microsoft, alerting.sentry, other)
    choices = {choice["label"]: choice["value"] for choice in await chosen(alerting)}
    personal = next(value for label, value in choices.items() if label.startswith("Personal chat"))
    await alerting.sentry.raise_issue_alert(Alert(settings={"place": personal}))
    card = await alerting.card("ValueError: bad total")
    assert card.conversation_id == other.conversation["id"]
    assert len(alerting.cards("ValueError: bad total")) == 1


async def test_saving_posts_nothing_and_says_where_alerts_will_come(alerting: Alerting) -> None:
    (choice,) = await chosen(alerting)
    count = len(alerting.posted)
    saved = await alerting.sentry.save_rule_action({"place": choice["value"]})
    assert saved.status == 200
    assert saved.json == {"message": "Alerts of this rule will be posted to Acme Corp in Microsoft Teams."}
    assert len(alerting.posted) == count


async def test_a_place_that_the_bot_has_left_is_refused_in_words(alerting: Alerting) -> None:
    (choice,) = await chosen(alerting)
    gone = {"error": {"code": "BotNotInConversationRoster", "message": "no"}}
    alerting.microsoft.connector.faults.add(respond(403, json=gone))
    saved = await alerting.sentry.save_rule_action({"place": choice["value"]})
    assert saved.status == 400
    assert "Acme Corp in Microsoft Teams cannot be reached" in str(saved.json)
    assert "Add it again" in str(saved.json)


async def test_a_place_of_nobody_is_refused_in_words(alerting: Alerting) -> None:
    for value in ("999", "", "x" * 900):
        saved = await alerting.sentry.save_rule_action({"place": value})
        assert saved.status == 400
        assert "no longer connected" in str(saved.json)


async def test_nobody_else_gets_the_list(alerting: Alerting) -> None:
    url = f"{alerting.bot.url}{PATH}/options?installationId={alerting.sentry.app.installation}"
    for headers in ({}, {"Sentry-App-Signature": "0" * 64}):
        async with alerting.bot.session.get(url, headers=headers) as response:
            assert response.status == 401
    async with alerting.bot.session.post(f"{alerting.bot.url}{PATH}", data=b'{"fields": []}') as response:
        assert response.status == 401


async def test_a_saved_body_is_verified_whole(alerting: Alerting) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Sentry-App-Signature": "f" * 64}
        async with session.post(f"{alerting.bot.url}{PATH}", data=b"x" * 70_000, headers=headers) as response:
            assert response.status == 413


async def test_a_rule_that_posts_here_is_listed_from_its_first_alert_on(alerting: Alerting) -> None:
    (choice,) = await chosen(alerting)
    assert "(last:" not in await alerting.say("subscriptions")
    for _ in range(2):
        await alerting.sentry.raise_issue_alert(Alert(rule="Too *many*", settings={"place": choice["value"]}))
    await alerting.card("ValueError: bad total")
    listed = await alerting.say("subscriptions")
    assert listed.count("(last: {{DATE(") == 1
    assert "Too *many*" not in listed


async def test_a_rule_is_not_listed_where_it_does_not_post(alerting: Alerting) -> None:
    other = PersonalChat()
    await connect(alerting.bot, alerting.microsoft, alerting.sentry, other)
    choices = {choice["label"]: choice["value"] for choice in await chosen(alerting)}
    personal = next(value for label, value in choices.items() if label.startswith("Personal chat"))
    await alerting.sentry.raise_issue_alert(Alert(settings={"place": personal}))
    await alerting.card("ValueError: bad total")
    assert "(last:" not in await alerting.say("subscriptions")


async def test_a_rule_is_forgotten_90_days_after_its_last_alert(alerting: Alerting, values: dict[str, str]) -> None:
    (choice,) = await chosen(alerting)
    await alerting.sentry.raise_issue_alert(Alert(settings={"place": choice["value"]}))
    await alerting.card("ValueError: bad total")
    store = await Store.open(values["DATABASE_URL"], cipher_keys=KEYS)
    now = alerting.bot.app[ALERTS].cards.clock()
    await store.alerts.prune_rules(now - CARDS_KEPT)
    assert "(last:" in await alerting.say("subscriptions")
    await store.alerts.prune_rules(now + timedelta(minutes=1))
    assert "(last:" not in await alerting.say("subscriptions")
    await store.close()
