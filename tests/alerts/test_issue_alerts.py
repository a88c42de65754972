import asyncio

from sandbox.faults import respond
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure
from tests.alerts.world import Alerting, words
from tests.conftest import ServedBot
from tests.handlers.talk import Place, connect


async def test_an_alert_becomes_a_card_with_everything_that_people_ask_for(alerting: Alerting) -> None:
    failure = Failure(tags={"browser": "Firefox 131"})
    issue, delivery = await alerting.sentry.raise_issue_alert(Alert(failure=failure))
    assert delivery.status == 200
    assert delivery.took < 1
    card = words((await alerting.card("ValueError: bad total")).activity)
    for text in ("bad total", "shop/cart.py:12 in total", "web", "production", "shop@1.2.3", "Firefox 131"):
        assert text in card
    assert issue.short_id in card
    assert "Errors in checkout" in card
    assert f"/issues/{issue.id}/events/" in card


async def test_every_kind_of_place_gets_alerts(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, any_place: Place
) -> None:
    await connect(bot, microsoft, sentry, any_place)
    await sentry.raise_issue_alert()
    alerting = Alerting(bot, microsoft, sentry, any_place)
    card = await alerting.card("ValueError: bad total")
    assert card.activity["summary"] == "ValueError: bad total (web, production), 1 event, 1 user"


async def test_without_sentry_the_card_comes_without_what_only_sentry_knows(alerting: Alerting) -> None:
    alerting.sentry.faults.add(respond(500), times=20)
    issue, _ = await alerting.sentry.raise_issue_alert()
    card = words((await alerting.card("ValueError: bad total")).activity)
    assert issue.short_id not in card
    assert "bad total" in card


async def test_a_storm_counts_on_the_card_instead_of_posting_again(alerting: Alerting) -> None:
    issue, _ = await alerting.sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    for _ in range(7):
        await alerting.sentry.raise_issue_alert(Alert(issue_id=issue.id))
    look = await alerting.looks(card, "Updated: 7 events")
    # The card's own event, and the seven that were counted on it: not what Sentry said when it was posted.
    assert "8 events, 1 user" in look
    assert len(alerting.cards("ValueError: bad total")) == 1


async def test_several_rules_on_one_event_make_one_card(alerting: Alerting) -> None:
    _, delivery = await alerting.sentry.raise_issue_alert(Alert(rule="First rule"))
    card = await alerting.card("ValueError: bad total")
    body = delivery.body.replace(b"First rule", b"Second rule")
    await alerting.sentry.send_bytes("event_alert", body)
    look = await alerting.looks(card, "Second rule")
    assert "First rule" in look
    assert "Updated:" not in look
    assert len(alerting.cards("ValueError: bad total")) == 1


async def test_a_webhook_that_comes_again_does_nothing_twice(alerting: Alerting) -> None:
    _, delivery = await alerting.sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    again = await asyncio.gather(*(alerting.sentry.send_again(delivery) for _ in range(5)))
    assert {each.status for each in again} == {200}
    _, _ = await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: other")))
    await alerting.card("KeyError: other")
    assert len(alerting.cards("ValueError: bad total")) == 1
    assert "Updated:" not in words(alerting.shown(card))


async def test_the_card_shows_the_event_of_the_webhook_not_the_latest(alerting: Alerting) -> None:
    older = Failure(environment="staging", release="shop@0.9")
    first, _ = await alerting.sentry.raise_issue_alert(Alert(failure=older))
    card = await alerting.card("ValueError: bad total")
    newer = Failure(environment="production", release="shop@1.2.3")
    await alerting.sentry.raise_issue_alert(Alert(issue_id=first.id, failure=newer))
    look = await alerting.looks(card, "Updated: 1 event")
    assert "staging" in look
    assert "shop@0.9" in look


async def test_a_card_is_posted_when_teams_was_away(alerting: Alerting) -> None:
    alerting.microsoft.connector.faults.add(respond(503), times=2)
    await alerting.sentry.raise_issue_alert()
    await alerting.card("ValueError: bad total")
    assert len(alerting.cards("ValueError: bad total")) == 1
