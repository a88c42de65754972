"""What each kind of webhook says: readers of its data, which return a sentence when there is nothing to read."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sentry_api.addresses import address
from sentry_api.event import event_from
from sentry_api.issue import maybe_issue_from
from sentry_api.metric_webhook import metric_alert_from
from sentry_api.settings_of_rules import settings_from
from sentry_api.values import identifier, items, key, line, mapping, moment, paragraph
from sentry_api.webhook_events import (
    ActivityAlert,
    CommentChanged,
    ErrorEvent,
    EventAlert,
    Hook,
    InstallationChanged,
    IssueChanged,
    WebhookEvent,
)
from sentry_api.webhook_paths import organization_and_project

Data: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Hook, str, Data], WebhookEvent | str]


def _event_alert(hook: Hook, _: str, data: Data) -> EventAlert | str:
    raw, alert = mapping(data.get("event")), mapping(data.get("issue_alert"))
    if not raw:
        return "no event in it"
    event = event_from(raw)
    organization, project = organization_and_project(raw)
    return EventAlert(
        hook.installation,
        hook.actor,
        rule=line(data.get("triggered_rule"), 200) or line(alert.get("title"), 200),
        rule_id=identifier(alert.get("id")),
        settings=settings_from(alert.get("settings")),
        organization=organization,
        project=project,
        issue_id=event.issue_id,
        event=event,
    )


def _issue(hook: Hook, action: str, data: Data) -> IssueChanged | str:
    issue = maybe_issue_from(data.get("issue"))
    return IssueChanged(hook.installation, hook.actor, action, issue) if issue else "no issue in it"


def _comment(hook: Hook, action: str, data: Data) -> CommentChanged | str:
    comment, issue = identifier(data.get("comment_id")), identifier(data.get("issue_id"))
    if not (comment and issue):
        return "no comment in it"
    text, when = paragraph(data.get("comment")), moment(data.get("timestamp"))
    return CommentChanged(
        hook.installation, hook.actor, action, comment, issue, key(data.get("project_slug")), text, when
    )


def _error(hook: Hook, _action: str, data: Data) -> ErrorEvent | str:
    raw = mapping(data.get("error"))
    if not raw:
        return "no error in it"
    event, (_, project) = event_from(raw), organization_and_project(raw)
    return ErrorEvent(hook.installation, hook.actor, event.issue_id, event, project)


def _installation(hook: Hook, action: str, data: Data) -> InstallationChanged | str:
    found = mapping(data.get("installation"))
    installation = key(found.get("uuid")) or hook.installation
    if not installation:
        return "no installation in it"
    return InstallationChanged(
        installation,
        hook.actor,
        action,
        status=line(found.get("status"), 40),
        organization=key(mapping(found.get("organization")).get("slug")),
        integration=key(mapping(found.get("app")).get("slug")),
        code=key(found.get("code")),
    )


def _activity(hook: Hook, _: str, data: Data) -> ActivityAlert:
    activity, alert = mapping(data.get("activity")), mapping(data.get("alert"))
    requests = items(mapping(activity.get("details")).get("pull_requests"), 10)
    return ActivityAlert(
        hook.installation,
        hook.actor,
        issue=maybe_issue_from(data.get("issue")),
        activity=line(activity.get("type"), 60),
        rule=line(alert.get("title"), 200),
        rule_id=identifier(alert.get("id")),
        url=address(alert.get("url")),
        settings=settings_from(alert.get("settings")),
        links=tuple(url for url in (address(mapping(request).get("url")) for request in requests) if url),
    )


READERS: Mapping[str, Reader] = {
    "event_alert": _event_alert,
    "metric_alert": metric_alert_from,
    "issue": _issue,
    "comment": _comment,
    "error": _error,
    "installation": _installation,
    "activity_alert": _activity,
}
