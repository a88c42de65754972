"""Every resource that Sentry sends, through the real door: what appears, what is ignored, what breaks nothing."""

import asyncio

import pytest

from sandbox.sentry_hooks import Alert, Failure
from sandbox.teams import PersonalChat
from sentry_api.webhook_readers import READERS
from tests.alerts import bodies
from tests.alerts.world import Alerting, words
from tests.databases import ask
from tests.handlers.talk import connect, happens

BAD_TOTAL = "ValueError: bad total"
RESOURCES = ["event_alert", "metric_alert", "issue", "comment", "error", "installation", "activity_alert"]


async def worked_off(alerting: Alerting, url: str) -> list[str]:
    """Wait until no webhook waits; returns why some failed."""
    await happens(lambda: ask(url, "SELECT count(*) FROM webhooks WHERE state = 0") == [(0,)])
    return [row[0] for row in ask(url, "SELECT outcome FROM webhooks WHERE state = 2")]


async def test_an_error_is_a_card_for_who_subscribes(alerting: Alerting) -> None:
    await alerting.say("subscribe issues project:web level:error environment:production tag:region=eu")
    failure = Failure(tags={"region": "eu", "browser": "Firefox 131"})
    issue, event = await bodies.quiet_event(alerting.sentry, failure)
    assert (await alerting.sentry.send("error", "created", {"error": event})).status == 200
    card = words((await alerting.card(BAD_TOTAL)).activity)
    for text in ("bad total", "shop/cart.py:12 in total", "web", "production", "shop@1.2.3", "Firefox 131"):
        assert text in card
    assert issue.short_id in card
    assert "Alert:" not in card


@pytest.mark.parametrize("wanted", ["project:mobile", "level:fatal", "environment:staging", "tag:region=us", "metrics"])
async def test_an_error_that_nobody_subscribes_to_is_no_card(alerting: Alerting, wanted: str) -> None:
    await alerting.say(f"subscribe {wanted}")
    _, event = await bodies.quiet_event(alerting.sentry)
    assert (await alerting.sentry.send("error", "created", {"error": event})).status == 200
    await alerting.sentry.raise_metric_alert()
    await alerting.say("unsubscribe all")
    await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: last")))
    await alerting.card("KeyError: last")
    assert not alerting.cards(BAD_TOTAL)


async def test_errors_alone_do_not_reach_a_place_without_subscriptions(alerting: Alerting) -> None:
    _, event = await bodies.quiet_event(alerting.sentry)
    await alerting.sentry.send("error", "created", {"error": event})
    await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: last")))
    await alerting.card("KeyError: last")
    assert not alerting.cards(BAD_TOTAL)


async def test_a_storm_of_errors_counts_on_one_card_and_asks_sentry_once(alerting: Alerting) -> None:
    await alerting.say("subscribe")
    _, event = await bodies.quiet_event(alerting.sentry)
    await alerting.sentry.send("error", "created", {"error": event})
    card = await alerting.card(BAD_TOTAL)
    asked = len(alerting.sentry.asked)
    for number in range(20):
        await alerting.sentry.send("error", "created", {"error": event | {"event_id": f"{number:032x}"}})
    await alerting.looks(card, "Updated: 20 events")
    assert len(alerting.sentry.asked) == asked
    assert len(alerting.cards(BAD_TOTAL)) == 1


async def test_an_activity_alert_is_a_card_that_names_its_rule(alerting: Alerting) -> None:
    issue, _ = await bodies.quiet_event(alerting.sentry)
    data = bodies.activity_data(alerting.sentry, issue)
    assert (await alerting.sentry.send("activity_alert", "triggered", data)).status == 200
    card = words((await alerting.card(BAD_TOTAL)).activity)
    assert issue.short_id in card
    assert f"[{bodies.SEER}]({data['alert']['url']})" in card


async def test_an_activity_alert_goes_where_its_rule_says(alerting: Alerting) -> None:
    other = PersonalChat()
    await connect(alerting.bot, alerting.microsoft, alerting.sentry, other)
    answer = await alerting.sentry.rule_options(query="Personal")
    assert isinstance(answer.json, list)
    issue, _ = await bodies.quiet_event(alerting.sentry)
    data = bodies.activity_data(alerting.sentry, issue, {"place": answer.json[0]["value"]})
    await alerting.sentry.send("activity_alert", "triggered", data)
    card = await alerting.card(BAD_TOTAL)
    assert card.conversation_id == other.conversation["id"]
    assert len(alerting.cards(BAD_TOTAL)) == 1


async def test_an_activity_alert_refreshes_the_card_that_stands_there(alerting: Alerting) -> None:
    issue, _ = await alerting.sentry.raise_issue_alert()
    card = await alerting.card(BAD_TOTAL)
    issue.status = "resolved"
    await alerting.sentry.send("activity_alert", "triggered", bodies.activity_data(alerting.sentry, issue))
    look = await alerting.looks(card, bodies.SEER)
    assert "Resolved" in look
    assert "Updated:" not in look
    assert len(alerting.cards(BAD_TOTAL)) == 1


async def test_an_activity_alert_leads_nowhere_but_to_its_sentry(alerting: Alerting) -> None:
    issue, _ = await bodies.quiet_event(alerting.sentry)
    data = bodies.activity_data(alerting.sentry, issue)
    data["alert"]["url"] = "https://evil.example/organizations/x/monitors/alerts/10/"
    await alerting.sentry.send("activity_alert", "triggered", data)
    card = words((await alerting.card(BAD_TOTAL)).activity)
    assert bodies.SEER in card
    assert "evil.example" not in card


async def test_an_uninstalled_integration_is_told(alerting: Alerting) -> None:
    data = bodies.installation_data(alerting.sentry, alerting.sentry.organization.slug)
    assert (await alerting.sentry.send("installation", "deleted", data)).status == 200
    assert "uninstalled" in words((await alerting.card("is broken")).activity)


@pytest.mark.parametrize("resource", RESOURCES)
async def test_whatever_is_missing_or_odd_breaks_nothing(
    alerting: Alerting, resource: str, values: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    await alerting.say("subscribe issues metrics comments")
    issue, event = await bodies.quiet_event(alerting.sentry)
    kinds = bodies.all_kinds(alerting.sentry, issue, event)
    action, data = next((key[1], data) for key, data in kinds.items() if key[0] == resource)
    odd = list(bodies.spoilt(data))
    for start in range(0, len(odd), 50):
        sent = [alerting.sentry.send(resource, action, each) for each in odd[start : start + 50]]
        assert {delivery.status for delivery in await asyncio.gather(*sent)} == {200}
    assert await worked_off(alerting, values["DATABASE_URL"]) == []
    assert "broke" not in capsys.readouterr().out
    # A summary is plain text: what would be a link in Markdown is none there.
    assert "[x](https" not in words([posted.activity["attachments"] for posted in alerting.posted])
    await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: last")))
    # The card itself may have to wait its turn behind what the odd ones led to.
    opened = "SELECT count(*) FROM issue_cards WHERE facts LIKE '%KeyError: last%'"
    await happens(lambda: ask(values["DATABASE_URL"], opened) == [(1,)])


def test_every_resource_that_sentry_documents_has_such_a_test() -> None:
    assert set(RESOURCES) == set(READERS)
