"""The data of each kind of webhook, shaped as Sentry's documentation shows them, about an issue of the stand-in."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure
from sandbox.sentry_records import Issue

SEER = "Seer watch"
# What stands where something else should: nothing, a number, a list, markup with a character that databases refuse.
ODD: tuple[object, ...] = (None, -3, [], {}, True, "<b>\x00[x](https://evil.example)" + "y" * 3000)


async def quiet_event(sentry: Sentry, failure: Failure = Failure()) -> tuple[Issue, dict[str, Any]]:  # noqa: B008 - frozen
    """An issue of which the bot has heard nothing yet, and its event as webhooks carry it."""
    url, sentry.app.webhook_url = sentry.app.webhook_url, ""
    issue, delivery = await sentry.raise_issue_alert(Alert(failure=failure))
    await sentry.settled()
    sentry.app.webhook_url = url
    event: dict[str, Any] = orjson.loads(delivery.body)["data"]["event"]
    return issue, event


def issue_data(sentry: Sentry, issue: Issue) -> dict[str, Any]:
    """An issue as webhooks carry it."""
    page = f"{sentry.url}/organizations/{sentry.organization.slug}/issues/{issue.id}/"
    return {
        "url": f"{sentry.url}/api/0/organizations/{sentry.organization.slug}/issues/{issue.id}/",
        "web_url": page,
        "permalink": page,
        "id": issue.id,
        "shortId": issue.short_id,
        "title": issue.title,
        "culprit": "shop.cart in total",
        "level": "error",
        "status": "unresolved",
        "statusDetails": {},
        "substatus": "new",
        "platform": "python",
        "project": {"id": "3", "name": "web", "slug": "web", "platform": "python"},
        "type": "error",
        "metadata": {"type": "ValueError", "value": "bad total"},
        "assignedTo": None,
        "issueCategory": "error",
        "priority": "high",
        "isUnhandled": True,
        "count": "3",
        "userCount": 2,
        "firstSeen": "2026-01-01T00:00:00Z",
        "lastSeen": "2026-01-01T00:05:00Z",
    }


def activity_data(sentry: Sentry, issue: Issue, settings: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An alert on what Sentry's own helper did."""
    request = {"repo_name": "acme/web", "url": "https://git.example.com/acme/web/pull/1"}
    named = [{"name": name, "value": value} for name, value in (settings or {}).items()]
    return {
        "issue": issue_data(sentry, issue),
        "activity": {"type": "seer_pr_created", "details": {"pull_requests": [request]}},
        "alert": {
            "id": 10,
            "title": SEER,
            "sentry_app_id": 5,
            "url": f"{sentry.url}/organizations/{sentry.organization.slug}/monitors/alerts/10/",
            "settings": named,
        },
    }


def installation_data(sentry: Sentry, slug: str) -> dict[str, Any]:
    """The integration was installed or removed."""
    return {
        "installation": {
            "status": "pending",
            "organization": {"slug": slug},
            "app": {"uuid": "99999999-2222-4333-8444-555555555555", "slug": "teams-bridge"},
            "code": "0123456789abcdef0123456789abcdef",
            "uuid": sentry.app.installation,
        }
    }


def metric_data(sentry: Sentry) -> dict[str, Any]:
    """A metric alert."""
    action = {"type": "sentry_app", "settings": []}
    rule = {
        "id": "7",
        "name": "Error rate",
        "aggregate": "count()",
        "query": "",
        "dataset": "events",
        "environment": None,
        "projects": ["web"],
        "time_window": 10,
        "threshold_type": 0,
        "triggers": [{"label": "critical", "alertThreshold": 100, "actions": [action]}],
    }
    return {
        "description_title": "Critical: Error rate",
        "description_text": "150 events in the last 10 minutes",
        "web_url": f"{sentry.url}/organizations/{sentry.organization.slug}/alerts/1/",
        "metric_alert": {
            "id": "4",
            "identifier": "1",
            "projects": ["web"],
            "status": 20,
            "title": "Error rate",
            "date_started": "2026-01-01T00:00:00Z",
            "date_closed": None,
            "alert_rule": rule,
        },
    }


def all_kinds(sentry: Sentry, issue: Issue, event: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """One good webhook of each kind: resource and action, data."""
    rule = {"id": 77, "title": "Errors", "sentry_app_id": 5, "settings": []}
    number = int(issue.id)
    said = {
        "comment": "looking",
        "project_slug": "web",
        "comment_id": 61,
        "issue_id": number,
        "timestamp": "2026-01-01",
    }
    return {
        ("event_alert", "triggered"): {"event": event, "triggered_rule": "Errors", "issue_alert": rule},
        ("metric_alert", "critical"): metric_data(sentry),
        ("issue", "created"): {"issue": issue_data(sentry, issue)},
        ("comment", "created"): said,
        ("error", "created"): {"error": event},
        ("installation", "created"): installation_data(sentry, sentry.organization.slug),
        ("activity_alert", "triggered"): activity_data(sentry, issue),
    }


def spoilt(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The data with one thing in it missing or replaced by something odd, for each thing and each oddity."""
    for path in _paths(data, ()):
        for odd in (*ODD, KeyError):
            whole = copy.deepcopy(data)
            inner: Any = whole
            for step in path[:-1]:
                inner = inner[step]
            if odd is KeyError:
                del inner[path[-1]]
            else:
                inner[path[-1]] = odd
            yield whole


def _paths(value: Any, before: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        yield (*before, step)
        yield from _paths(inner, (*before, step))
