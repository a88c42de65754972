"""Cards follow their issues: whoever changes them, wherever."""

from sandbox.sentry_hooks import Alert, Measure
from tests.alerts.world import Alerting, words
from tests.handlers.talk import happens


async def test_a_card_follows_its_issue(alerting: Alerting) -> None:
    sentry = alerting.sentry
    issue, _ = await sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    await sentry.change_issue(issue.id, {"status": "resolved"}, sentry.furniture.dana)
    assert "Resolved" in await alerting.looks(card, "Resolved")
    await sentry.change_issue(issue.id, {"status": "unresolved"}, sentry.furniture.dana)
    await happens(lambda: "Resolved" not in words(alerting.shown(card)))
    assert alerting.shown(card)["summary"].startswith("ValueError: bad total")


async def test_a_card_shows_who_has_the_issue(alerting: Alerting) -> None:
    sentry = alerting.sentry
    issue, _ = await sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    await sentry.change_issue(issue.id, {"assignedTo": f"user:{sentry.furniture.ravi.id}"}, sentry.furniture.dana)
    assert "Ravi" in await alerting.looks(card, "Ravi")


async def test_all_cards_of_an_issue_follow_it_silently(alerting: Alerting) -> None:
    sentry = alerting.sentry
    issue, _ = await sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    count = len([each for each in alerting.posted if each.method == "POST"])
    await sentry.change_issue(issue.id, {"status": "ignored"}, sentry.furniture.dana)
    await alerting.looks(card, "Archived")
    assert len([each for each in alerting.posted if each.method == "POST"]) == count


async def test_a_comment_becomes_a_reply_in_the_cards_thread(alerting: Alerting) -> None:
    sentry = alerting.sentry
    issue, _ = await sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    await sentry.comment(issue.id, "I have a **fix**", sentry.furniture.ravi)
    reply = await alerting.card("Ravi commented")
    assert reply.conversation_id == f"{card.conversation_id};messageid={card.activity_id}"
    assert "I have a" in words(reply.activity)


async def test_a_comment_waits_for_its_card(alerting: Alerting) -> None:
    sentry = alerting.sentry
    issue, _ = await sentry.raise_issue_alert()
    await sentry.comment(issue.id, "At once", sentry.furniture.ravi)
    card = await alerting.card("ValueError: bad total")
    reply = await alerting.card("Ravi commented")
    assert reply.conversation_id.endswith(card.activity_id)


async def test_metric_alerts_arrive_and_are_kept_true(alerting: Alerting) -> None:
    sentry = alerting.sentry
    await sentry.raise_metric_alert(Measure(state="warning"))
    card = await alerting.card("Warning: Error rate")
    assert "150 events in the last 10 minutes" in words(card.activity)
    await sentry.raise_metric_alert(Measure(state="critical"))
    await alerting.card("Critical: Error rate")
    await sentry.raise_metric_alert(Measure(state="resolved"))
    await alerting.looks(card, "Resolved")
    assert len(alerting.cards("Error rate")) == 2


async def test_a_changed_title_in_markdown_stays_text(alerting: Alerting) -> None:
    issue, _ = await alerting.sentry.raise_issue_alert(Alert(rule="[click](https://evil.example) <b>x</b>"))
    card = await alerting.card("ValueError: bad total")
    assert "](https://evil.example)" not in words(card.activity)
    assert issue.short_id in words(card.activity)
