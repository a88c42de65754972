"""The bodies of Sentry's webhooks."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.sentry_model import Tenant
from sandbox.sentry_records import App, Comment, Issue, now
from sandbox.sentry_shapes import hook_issue_json, web_url

SENTRY = {"type": "application", "id": "sentry", "name": "Sentry"}
FRAMES = (("lib/http.py", "handle", 80, False), ("shop/cart.py", "total", 12, True))


@dataclass(frozen=True, slots=True)
class Failure:
    """What goes wrong in somebody's program."""

    title: str = "ValueError: bad total"
    level: str = "error"
    environment: str = "production"
    release: str = "shop@1.2.3"
    culprit: str = "shop.cart in total"
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fires on an event: of a new issue, or of the one with `issue_id` once more.

    settings: those of the integration's action in the rule; None: the rule notifies the integration without one.
    """

    failure: Failure = field(default_factory=Failure)
    project: str = "web"
    rule: str = "Errors in checkout"
    settings: Mapping[str, str] | None = None
    issue_id: str = ""


def event_of(failure: Failure, issue: Issue, tenant: Tenant, url: str) -> dict[str, Any]:
    """An event as webhooks carry it."""
    event_id, slug, at = secrets.token_hex(16), tenant.organization.slug, now()
    kind, _, value = failure.title.partition(": ")
    tags = {"level": failure.level, "environment": failure.environment, "release": failure.release, **failure.tags}
    frames = [
        {"filename": file, "function": name, "lineno": number, "in_app": own, "context_line": "raise ValueError"}
        for file, name, number, own in FRAMES
    ]
    mechanism = {"type": "generic", "handled": False}
    exception = {"type": kind, "value": value, "mechanism": mechanism, "stacktrace": {"frames": frames}}
    return {
        "event_id": event_id,
        "issue_id": issue.id,
        "issue_url": f"{url}/api/0/organizations/{slug}/issues/{issue.id}/",
        "url": f"{url}/api/0/projects/{slug}/{issue.project.slug}/events/{event_id}/",
        "web_url": f"{web_url(issue, tenant, url)}events/{event_id}/",
        "project": int(issue.project.id),
        "title": failure.title,
        "type": "error",
        "level": failure.level,
        "platform": issue.project.platform,
        "culprit": failure.culprit,
        "location": "shop/cart.py",
        "datetime": at.isoformat(),
        "timestamp": at.timestamp(),
        "release": failure.release or None,
        "environment": failure.environment,
        "message": "",
        "metadata": {"type": kind, "value": value, "filename": "shop/cart.py"},
        "tags": [[name, text] for name, text in tags.items() if text],
        "exception": {"values": [exception]},
    }


def event_alert(event: Mapping[str, Any], alert: Alert, app: App) -> dict[str, Any]:
    """The data of an issue alert."""
    data: dict[str, Any] = {"event": event, "triggered_rule": alert.rule}
    if alert.settings is not None:
        ours = {"id": 77, "title": alert.rule, "sentry_app_id": app.number}
        data["issue_alert"] = {**ours, "settings": named(alert.settings)}
    return data


def issue_data(issue: Issue, tenant: Tenant, url: str) -> dict[str, Any]:
    """The data of an issue webhook."""
    return {"issue": hook_issue_json(issue, tenant, url)}


def comment_data(comment: Comment, issue: Issue) -> dict[str, Any]:
    """The data of a comment webhook."""
    return {
        "comment": comment.text,
        "project_slug": issue.project.slug,
        "comment_id": int(comment.id),
        "issue_id": int(issue.id),
        "timestamp": comment.created.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric alert; `settings` None: the rule has no action of the integration."""

    state: str = "critical"
    title: str = "Error rate"
    text: str = "150 events in the last 10 minutes"
    environment: str | None = None
    projects: tuple[str, ...] = ("web",)
    settings: Mapping[str, str] | None = None


def metric_data(measure: Measure, app: App, slug: str, url: str) -> dict[str, Any]:
    """The data of a metric alert."""
    action = {
        "type": "sentry_app",
        "sentryAppInstallationUuid": app.installation,
        "settings": named(measure.settings or {}),
    }
    actions = [] if measure.settings is None else [action]
    labels = (("critical", 100), ("warning", 50))
    at = now().isoformat()
    rule = {
        "id": "7",
        "name": measure.title,
        "organization_id": "1",
        "aggregate": "count()",
        "query": "",
        "dataset": "events",
        "environment": measure.environment,
        "projects": list(measure.projects),
        "time_window": 10,
        "threshold_type": 0,
        "resolve_threshold": None,
        "triggers": [{"label": label, "alertThreshold": level, "actions": actions} for label, level in labels],
    }
    incident = {
        "id": "4",
        "identifier": "1",
        "title": measure.title,
        "projects": list(measure.projects),
        "status": {"critical": 20, "warning": 10}.get(measure.state, 2),
        "date_started": at,
        "date_detected": at,
        "date_created": at,
        "date_closed": at if measure.state == "resolved" else None,
        "alert_rule": rule,
    }
    return {
        "description_title": f"{measure.state.title()}: {measure.title}",
        "description_text": measure.text,
        "web_url": f"{url}/organizations/{slug}/alerts/1/",
        "metric_alert": incident,
    }


def named(settings: Mapping[str, str]) -> list[dict[str, str]]:
    """Settings as Sentry writes them."""
    return [{"name": name, "value": value} for name, value in settings.items()]
