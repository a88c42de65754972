"""Makes things happen in the Sentry stand-in: errors come in, alerts fire, webhooks follow."""

from collections.abc import Mapping
from typing import Any

from sandbox.sentry_delivery import Delivery, Post
from sandbox.sentry_hooks import (
    SENTRY,
    Alert,
    Failure,
    Measure,
    comment_data,
    event_alert,
    event_of,
    issue_data,
    metric_data,
)
from sandbox.sentry_model import SentryState, Tenant
from sandbox.sentry_records import App, Comment, Issue, now


class Raising:
    """Runs in the stand-in's loop."""

    def __init__(self, state: SentryState, post: Post) -> None:
        self._state = state
        self._post = post
        state.changed = self._changed

    async def issue_alert(self, app: App, alert: Alert) -> tuple[Issue, Delivery]:
        """An event comes in and a rule fires."""
        tenant = self._state.tenants[app.organization]
        issue = tenant.issues.get(alert.issue_id) or self._new_issue(tenant, alert.failure, alert.project)
        data = event_alert(self._happened(issue, tenant, alert.failure), alert, app)
        return issue, await self._post.send(app, "event_alert", "triggered", data, SENTRY)

    async def metric_alert(self, app: App, measure: Measure) -> Delivery:
        """A metric alert changes its state."""
        data = metric_data(measure, app, app.organization, self._state.url)
        return await self._post.send(app, "metric_alert", measure.state, data, SENTRY)

    def _new_issue(self, tenant: Tenant, failure: Failure, slug: str) -> Issue:
        project, number = tenant.projects[slug], len(tenant.issues) + 1
        kind, _, value = failure.title.partition(": ")
        issue = Issue(self._state.number(), f"{slug.upper()}-{number:X}", project, failure.title, failure.level)
        issue.culprit, issue.metadata = failure.culprit, {"type": kind, "value": value}
        tenant.issues[issue.id] = issue
        self._changed("issue", "created", issue, SENTRY)
        return issue

    def _happened(self, issue: Issue, tenant: Tenant, failure: Failure) -> dict[str, Any]:
        event = event_of(failure, issue, tenant, self._state.url)
        issue.events.append(event)
        issue.count, issue.users, issue.last_seen = issue.count + 1, issue.users + 1, now()
        return event

    def _changed(
        self, resource: str, action: str, issue: Issue, actor: Mapping[str, Any], comment: Comment | None = None
    ) -> None:
        tenant = self._state.find_issue(issue.id)[0]
        data = comment_data(comment, issue) if comment else issue_data(issue, tenant, self._state.url)
        for app in tenant.apps:
            if app.webhook_url and resource in app.events:
                self._post.later(app, resource, action, data, actor)
