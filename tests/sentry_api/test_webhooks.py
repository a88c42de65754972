import hashlib
import hmac
import time
from collections.abc import AsyncIterator

import orjson
import pytest

from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure, Measure
from sentry_api import Access, Frame, IssueStatus, SentryApi
from sentry_api.changes import Archive, AssignTo, Resolve, SetPriority
from sentry_api.issue import Priority
from sentry_api.webhook_events import (
    ActivityAlert,
    Actor,
    CommentChanged,
    ErrorEvent,
    EventAlert,
    InstallationChanged,
    IssueChanged,
    MetricAlert,
    MetricState,
    Unknown,
)
from sentry_api.webhooks import parse, sign, verify_signature
from tests.sentry_api.receiving import Door, door_for

SETTINGS = {"channel": "19:abc@thread.tacv2"}


@pytest.fixture
async def door(sentry: Sentry) -> AsyncIterator[Door]:
    async with door_for(sentry) as door:
        yield door
        await sentry.settled()


async def test_issue_alert_by_a_rule_with_our_action(door: Door, sentry: Sentry) -> None:
    failure = Failure("KeyError: <b>cart</b>", tags={"shop": "berlin"})
    issue, delivery = await sentry.raise_issue_alert(Alert(failure, settings=SETTINGS))
    assert delivery.status == 202
    alert = next(event for event in door.events if isinstance(event, EventAlert))
    assert (alert.installation, alert.actor) == (sentry.app.installation, Actor("application", "sentry", "Sentry"))
    assert (alert.rule, alert.rule_id, alert.settings) == ("Errors in checkout", "77", SETTINGS)
    assert (alert.organization, alert.project, alert.issue_id) == (sentry.organization.slug, "web", issue.id)
    event = alert.event
    assert (event.title, event.error_type, event.error_value) == ("KeyError: <b>cart</b>", "KeyError", "<b>cart</b>")
    assert (event.frame, event.handled) == (Frame("shop/cart.py", "total", 12, "raise ValueError"), False)
    assert (event.environment, event.release, event.tags["shop"]) == ("production", "shop@1.2.3", "berlin")
    assert event.when is not None
    assert event.url.endswith(f"/issues/{issue.id}/events/{event.id}/")


async def test_issue_alert_by_a_rule_without_our_action(door: Door, sentry: Sentry) -> None:
    await sentry.raise_issue_alert()
    alert = next(event for event in door.events if isinstance(event, EventAlert))
    assert (alert.settings, alert.rule, alert.rule_id) == ({}, "Errors in checkout", "")


@pytest.mark.parametrize("state", ["critical", "warning", "resolved"])
async def test_metric_alert(door: Door, sentry: Sentry, state: str) -> None:
    await sentry.raise_metric_alert(Measure(state, settings=SETTINGS))
    [alert] = door.events
    assert isinstance(alert, MetricAlert)
    assert (alert.state, alert.title) == (MetricState(state), f"{state.title()}: Error rate")
    assert (alert.text, alert.minutes, alert.projects) == ("150 events in the last 10 minutes", 10, ("web",))
    assert (alert.aggregate, alert.above, alert.environment) == ("count()", True, "")
    assert [(trigger.label, trigger.threshold) for trigger in alert.triggers] == [("critical", 100), ("warning", 50)]
    assert alert.settings == (SETTINGS,)
    assert (alert.closed is not None) == (state == "resolved")


def metric_with(*triggers: object) -> MetricAlert:
    body = {
        "action": "critical",
        "installation": {"uuid": "mine"},
        "data": {"metric_alert": {"alert_rule": {"triggers": list(triggers)}}},
    }
    alert = parse("metric_alert", orjson.dumps(body))
    assert isinstance(alert, MetricAlert)
    return alert


def action(channel: str, **fields: object) -> dict[str, object]:
    return {"type": "sentry_app", "settings": [{"name": "channel", "value": channel}], **fields}


def test_our_own_actions_are_found_among_those_of_a_metric_alert() -> None:
    alert = metric_with(
        {"label": "warning", "actions": [action("not this state")]},
        {
            "label": "critical",
            "actions": [
                {"type": "email", "targetIdentifier": "5"},
                action("ours"),
                action("ours", sentryAppInstallationUuid="mine"),
                action("somebody else's", sentryAppInstallationUuid="theirs"),
                action("ours too", sentry_app_installation_uuid="mine"),
                {"type": "sentry_app", "settings": None},
                None,
            ],
        },
        None,
    )
    assert alert.settings == ({"channel": "ours"}, {"channel": "ours too"})


async def test_what_people_do_to_an_issue(door: Door, sentry: Sentry, api: SentryApi, access: Access) -> None:
    issue, _ = await sentry.raise_issue_alert()
    await sentry.settled()
    door.events.clear()
    ravi = sentry.furniture.ravi
    changes = (AssignTo.user(ravi.id), Archive(), Resolve(), SetPriority(Priority.LOW), AssignTo.nobody())
    for change in changes:
        await api.issues.change(access, issue.id, change)
        await sentry.settled()
    await sentry.change_issue(issue.id, {"status": "unresolved"}, sentry.furniture.dana)
    await sentry.settled()
    told = [(event.action, event.actor.name) for event in door.events if isinstance(event, IssueChanged)]
    # Sentry sends nothing for a priority, nor when somebody is taken off.
    bot = sentry.app.name
    assert told == [("assigned", bot), ("archived", bot), ("resolved", bot), ("unresolved", "Dana")]
    first, last = door.events[0], door.events[-1]
    assert isinstance(first, IssueChanged)
    assert isinstance(last, IssueChanged)
    assert first.issue.assignee is not None
    assert (first.issue.id, first.issue.assignee.name) == (issue.id, "Ravi")
    assert (last.issue.status, last.actor.kind, last.actor.id) == (
        IssueStatus.UNRESOLVED,
        "user",
        sentry.furniture.dana.id,
    )


async def test_new_issue_is_told(door: Door, sentry: Sentry) -> None:
    await sentry.raise_issue_alert()
    await sentry.settled()
    created = next(event for event in door.events if isinstance(event, IssueChanged))
    assert (created.action, created.issue.short_id, created.issue.project and created.issue.project.slug) == (
        "created",
        "WEB-1",
        "web",
    )


async def test_comment_is_told(door: Door, sentry: Sentry) -> None:
    issue, _ = await sentry.raise_issue_alert()
    await sentry.comment(issue.id, "looking\nat it", sentry.furniture.dana)
    await sentry.settled()
    comment = door.events[-1]
    assert isinstance(comment, CommentChanged)
    assert (comment.action, comment.issue_id, comment.text, comment.project) == (
        "created",
        issue.id,
        "looking\nat it",
        "web",
    )
    assert comment.actor.name == "Dana"


def parsed(resource: str, data: object, action: str = "created") -> object:
    return parse(resource, orjson.dumps({"action": action, "installation": {"uuid": "i-1"}, "data": data}))


def test_installation() -> None:
    code, data = "0" * 32, {"status": "pending", "organization": {"slug": "acme"}, "app": {"slug": "teams-bot"}}
    found = parsed("installation", {"installation": {**data, "code": code, "uuid": "i-2"}})
    assert isinstance(found, InstallationChanged)
    assert (found.installation, found.organization, found.integration, found.code, found.status) == (
        "i-2",
        "acme",
        "teams-bot",
        code,
        "pending",
    )


def test_error_event() -> None:
    found = parsed("error", {"error": {"title": "x", "issue_id": 7, "tags": {"odd": 1}}})
    assert isinstance(found, ErrorEvent)
    assert (found.issue_id, found.event.title, found.event.tags) == ("7", "x", {})


def test_activity_alert() -> None:
    requests = [{"url": "https://git.example.com/1"}, {"url": "javascript:alert(1)"}, None]
    activity = {"type": "seer_pr_created", "details": {"pull_requests": requests}}
    found = parsed("activity_alert", {"issue": {"id": "5"}, "activity": activity, "alert": {"id": 1, "title": "Seer"}})
    assert isinstance(found, ActivityAlert)
    assert found.issue is not None
    assert (found.issue.id, found.activity, found.rule, found.links) == (
        "5",
        "seer_pr_created",
        "Seer",
        ("https://git.example.com/1",),
    )


@pytest.mark.parametrize(
    ("resource", "body", "reason"),
    [
        ("seer", b"{}", "no such resource is known"),
        ("event_alert", b"", "not JSON"),
        ("event_alert", b"[" * 100_000, "not JSON"),
        ("event_alert", b"\xff\xfe", "not JSON"),
        ("event_alert", b"[]", "no event in it"),
        ("event_alert", b'{"data": {"event": null}}', "no event in it"),
        ("issue", b'{"data": {"issue": {"id": null}}}', "no issue in it"),
        ("comment", b'{"data": {"comment_id": 1}}', "no comment in it"),
        ("metric_alert", b'{"data": []}', "no metric alert in it"),
        ("error", b"{}", "no error in it"),
        ("installation", b"{}", "no installation in it"),
        ("", b"{}", "no such resource is known"),
    ],
)
def test_what_cannot_be_read_is_unknown(resource: str, body: bytes, reason: str) -> None:
    found = parse(resource, body)
    assert isinstance(found, Unknown)
    assert found.reason == reason


async def test_wrong_signature_is_refused(door: Door, sentry: Sentry) -> None:
    door.secret = "another"
    _, delivery = await sentry.raise_issue_alert()
    assert delivery.status == 401
    assert not door.events


async def test_sent_again_it_is_the_same_request(door: Door, sentry: Sentry) -> None:
    _, delivery = await sentry.raise_issue_alert()
    await sentry.send_again(delivery)
    same = [headers for headers in door.headers if headers["Sentry-Hook-Resource"] == "event_alert"]
    assert same[0]["Request-ID"] == same[1]["Request-ID"]


async def test_rule_editor_asks_and_saves(door: Door, sentry: Sentry) -> None:
    answer = await sentry.rule_options(query="gen", projectSlug="web")
    assert (answer.status, answer.json) == (200, [{"label": "General", "value": "19:abc@thread.tacv2"}])
    assert door.queries[0] == {"installationId": sentry.app.installation, "query": "gen", "projectSlug": "web"}
    assert (await sentry.save_rule_action(SETTINGS)).status == 200
    saved = orjson.loads(door.bodies[-1])
    assert saved == {
        "fields": [{"name": "channel", "value": SETTINGS["channel"]}],
        "installationId": sentry.app.installation,
    }
    door.secret = "another"
    assert (await sentry.rule_options()).status == 401
    assert (await sentry.save_rule_action(SETTINGS)).json == {"message": "wrong signature"}


def test_signature() -> None:
    body = b'{"a": 1}'
    signature = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert sign("secret", body) == signature
    assert verify_signature("secret", body, signature)
    assert verify_signature("secret", body, signature.upper())
    for secret, signed, header in (
        ("secret", b'{"a": 2}', signature),
        ("other", body, signature),
        ("", body, hmac.new(b"", body, hashlib.sha256).hexdigest()),
        ("secret", body, ""),
        ("secret", body, None),
        ("secret", body, signature[:-1]),
        ("secret", body, "ä" * 64),
    ):
        assert not verify_signature(secret, signed, header)


def test_huge_stack_trace_is_read_quickly_and_little_of_it_kept() -> None:
    frame = {
        "filename": "x" * 1000,
        "function": "f",
        "in_app": True,
        "context_line": "y" * 1000,
        "vars": {"a": "b" * 500},
    }
    own = {**frame, "filename": "last.py"}
    values = [
        {
            "type": "E",
            "value": "v" * 100_000,
            "stacktrace": {"frames": [*[frame] * 1000, own, {"filename": "library.py", "in_app": False}]},
        }
    ]
    body = {
        "data": {
            "event": {
                "title": "t" * 1_000_000,
                "issue_id": "1",
                "exception": {"values": values},
                "tags": [["k", "v"]] * 10_000,
            }
        }
    }
    raw = orjson.dumps(body)
    assert len(raw) > 3_000_000
    started = time.perf_counter()
    alert = parse("event_alert", raw)
    assert time.perf_counter() - started < 1
    assert isinstance(alert, EventAlert)
    assert alert.event.frame is not None
    assert alert.event.frame.file == "last.py"
    assert len(repr(alert)) < 5000
