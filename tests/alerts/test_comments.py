"""Comments in Sentry stand as replies in Teams, and follow what becomes of them."""

from typing import Any

from sandbox.posted import Posted
from sandbox.sentry_records import Comment, Issue
from tests.alerts.world import Alerting, words
from tests.handlers.talk import happens


async def told(alerting: Alerting, issue: Issue, action: str, text: str, comment: Comment) -> None:
    """Sentry tells what became of a comment."""
    data: dict[str, Any] = {"comment": text, "comment_id": int(comment.id), "issue_id": int(issue.id)}
    await alerting.sentry.send("comment", action, {**data, "project_slug": "web", "timestamp": "2026-01-01T00:06:00Z"})


async def commented(alerting: Alerting) -> tuple[Issue, Comment, Posted]:
    """A comment that stands under its card."""
    issue, _ = await alerting.sentry.raise_issue_alert()
    await alerting.card("ValueError: bad total")
    await alerting.sentry.comment(issue.id, "It is the cahce", alerting.sentry.furniture.ravi)
    return issue, issue.comments[-1], await alerting.card("Ravi commented")


async def test_an_edited_comment_changes_its_reply(alerting: Alerting) -> None:
    issue, comment, reply = await commented(alerting)
    count = len([each for each in alerting.posted if each.method == "POST"])
    await told(alerting, issue, "updated", "It is the cache", comment)
    assert "cahce" not in await alerting.looks(reply, "It is the cache")
    assert len([each for each in alerting.posted if each.method == "POST"]) == count


async def test_a_deleted_comment_leaves_nothing_to_read(alerting: Alerting) -> None:
    issue, comment, reply = await commented(alerting)
    await told(alerting, issue, "deleted", "It is the cahce", comment)
    assert "cahce" not in await alerting.looks(reply, "deleted a comment")


async def test_a_late_repetition_does_not_bring_the_old_text_back(alerting: Alerting) -> None:
    issue, comment, reply = await commented(alerting)
    await told(alerting, issue, "updated", "It is the cache", comment)
    await alerting.looks(reply, "It is the cache")
    await told(alerting, issue, "created", "It is the cahce", comment)
    await alerting.sentry.comment(issue.id, "Something else", alerting.sentry.furniture.dana)
    await alerting.card("Dana commented")
    assert "It is the cache" in words(alerting.shown(reply))
    assert len(alerting.cards("a comment on")) == 0
    assert len(alerting.cards("commented on")) == 2


async def test_an_edit_waits_for_its_reply(alerting: Alerting) -> None:
    issue, _ = await alerting.sentry.raise_issue_alert()
    await alerting.sentry.comment(issue.id, "It is the cahce", alerting.sentry.furniture.ravi)
    await alerting.sentry.settled()
    await told(alerting, issue, "updated", "It is the cache", issue.comments[-1])
    await happens(lambda: any("It is the cache" in words(each) for each in seen(alerting)))
    assert not [each for each in seen(alerting) if "cahce" in words(each)]


async def test_nobody_hears_that_a_comment_they_never_saw_was_deleted(alerting: Alerting) -> None:
    issue, comment, _ = await commented(alerting)
    unseen = Comment("987654", "secret", {}, None)
    await told(alerting, issue, "deleted", "secret", unseen)
    await told(alerting, issue, "created", "secret", unseen)
    await told(alerting, issue, "updated", "It is the cache", comment)
    await happens(lambda: any("It is the cache" in words(each) for each in seen(alerting)))
    assert not [each for each in seen(alerting) if "secret" in words(each) or "deleted" in words(each)]


async def test_an_edited_comment_changes_for_who_subscribes_to_comments(alerting: Alerting) -> None:
    assert "comments" in await alerting.say("subscribe comments")
    issue, _ = await alerting.sentry.raise_issue_alert()
    await alerting.sentry.comment(issue.id, "It is the cahce", alerting.sentry.furniture.ravi)
    reply = await alerting.card("Ravi commented")
    await told(alerting, issue, "updated", "It is the cache", issue.comments[-1])
    assert "cahce" not in await alerting.looks(reply, "It is the cache")


def seen(alerting: Alerting) -> list[dict[str, Any]]:
    """What stands in the channel now."""
    return alerting.microsoft.connector.shown(alerting.place.conversation_id)
