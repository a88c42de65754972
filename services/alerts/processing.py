"""What each kind of webhook sets off. Nothing here happens before Sentry has its answer, and nothing twice."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from issue_model import AlertRule, IssueFacts
from sentry_api import MissingPermission, NotFound, SentryError, own_address
from sentry_api.webhook_events import (
    ActivityAlert,
    CommentChanged,
    ErrorEvent,
    EventAlert,
    InstallationChanged,
    IssueChanged,
    MetricAlert,
    WebhookEvent,
)
from services.alerts import facts as issue_facts
from services.alerts.comments import Comments
from services.alerts.issue_cards import IssueCards
from services.alerts.kinds import read
from services.alerts.metrics import Metrics
from services.alerts.organizations import Organizations
from services.alerts.placing import Happening, Placing
from services.alerts.routing import Target, targets
from services.alerts.rules_seen import RuleAlert, RulesSeen
from services.alerts.wanted import Kind, Subject
from store import AlertStore, ClaimedWebhook, Listener, StoredOrganization

log = structlog.get_logger(__name__)
_NEW = frozenset({"created", "unresolved"})


class Later(Exception):
    """A webhook cannot be worked on yet."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the work is made of."""

    organizations: Organizations
    cards: IssueCards
    placing: Placing
    metrics: Metrics
    comments: Comments


class Processing:
    """Works on claimed webhooks."""

    def __init__(self, store: AlertStore, parts: Parts, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._parts = parts
        self._clock = clock
        self._rules = RulesSeen(store, clock)
        self._steps: Mapping[type[Any], Callable[[ClaimedWebhook, StoredOrganization, Any], Awaitable[str | None]]] = {
            EventAlert: self._event_alert,
            ErrorEvent: self._error,
            IssueChanged: self._issue,
            MetricAlert: self._metric_alert,
            CommentChanged: self._comment,
            ActivityAlert: self._activity_alert,
            InstallationChanged: self._installation,
        }

    async def work_on(self, webhook: ClaimedWebhook) -> None:
        """Do what a webhook asks for and note that it is done; raises Later, StoreError, or what a bug raises."""
        organization = await self._parts.organizations.find(webhook.organization_id)
        if organization is None:
            await self._store.finish(webhook.id, "nobody is connected to its organization any more")
            return
        try:
            event = read(webhook.kind, webhook.body)
        except ValueError as error:
            await self._store.finish(webhook.id, f"cannot be read: {error}"[:300], failed=True)
            return
        if not webhook.sure and not await self._is_theirs(organization, event):
            await self._store.finish(webhook.id, "its integration is installed in another organization")
            return
        if isinstance(event, RuleAlert):
            await self._rules.note(organization, event)
        done = await self._steps[type(event)](webhook, organization, event)
        if done is not None:
            await self._store.finish(webhook.id, done)

    async def _is_theirs(self, organization: StoredOrganization, event: WebhookEvent) -> bool:
        if event.installation == organization.integration_uuid:
            return True
        try:
            theirs = await self._parts.organizations.owns(organization, event.installation)
        except (MissingPermission, NotFound):
            return False
        except SentryError as error:
            raise Later(f"Sentry does not tell whose installation it is: {error}") from error
        if theirs:
            await self._store.learn(organization.id, event.installation)
        return theirs

    async def _event_alert(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, alert: EventAlert
    ) -> str | None:
        event = alert.event

        def facts(tags: Any) -> IssueFacts:
            told = issue_facts.of_event(event, alert.project, organization, tags)
            return issue_facts.with_rules(told, [alert.rule])

        subject = Subject(Kind.ISSUES, (alert.project,), event.level, event.environment, event.tags)
        found = targets(
            await self._store.listeners(organization.id), subject, [alert.settings], self._clock(), by_rule=True
        )
        return await self._place(webhook, organization, Happening(alert.issue_id, event.id, facts), found)

    async def _error(self, webhook: ClaimedWebhook, organization: StoredOrganization, error: ErrorEvent) -> str | None:
        listeners = await self._subscribed(organization)
        if not listeners:
            return "nobody subscribes"
        event, issue = error.event, None
        if not error.project:
            issue = await self._parts.organizations.issue_if_told(organization, error.issue_id)
        project = error.project or (issue.project.slug if issue and issue.project else "")
        subject = Subject(Kind.ISSUES, (project,), event.level, event.environment, event.tags)
        found = targets(listeners, subject, [], self._clock(), by_rule=False)

        def facts(tags: Any) -> IssueFacts:
            return issue_facts.of_event(event, project, organization, tags)

        return await self._place(webhook, organization, Happening(error.issue_id, event.id, facts, issue), found)

    async def _issue(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, changed: IssueChanged
    ) -> str | None:
        issue = changed.issue
        cards = await self._parts.cards.follow(organization.id, issue.id, known=issue)
        if changed.action == "assigned" and not await self._parts.comments.tell_owner(organization, changed):
            raise Later("the card under which its owner is mentioned is not posted yet")
        listeners = await self._subscribed(organization)
        if changed.action not in _NEW or not listeners:
            return f"{cards} cards refreshed"
        project = issue.project.slug if issue.project else ""
        subject = Subject(Kind.ISSUES, (project,), issue.level)
        found = targets(listeners, subject, [], self._clock(), by_rule=False)

        def facts(_: Any) -> IssueFacts:
            return issue_facts.of_issue(issue, organization)

        done = await self._place(webhook, organization, Happening(issue.id, "", facts, issue), found)
        return f"{cards} cards refreshed" if done else None

    async def _place(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, happening: Happening, found: list[Target]
    ) -> str | None:
        if not found or not happening.issue_id:
            return "nobody listens" if happening.issue_id else "it names no issue"
        await self._parts.placing.place(webhook, organization, happening, found)
        return None

    async def _metric_alert(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, alert: MetricAlert
    ) -> str | None:
        return await self._parts.metrics.place(webhook, organization, alert)

    async def _comment(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, comment: CommentChanged
    ) -> str | None:
        if await self._parts.comments.post(webhook, organization, comment):
            return "comment posted"
        raise Later("the card that it belongs under is not posted yet")

    async def _activity_alert(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, alert: ActivityAlert
    ) -> str | None:
        issue = alert.issue
        if issue is None:
            return "it names no issue"
        await self._parts.cards.follow(organization.id, issue.id, known=issue)
        url = own_address(alert.url, organization.sentry_url, "")

        def facts(_: Any) -> IssueFacts:
            told = issue_facts.of_issue(issue, organization)
            return replace(told, rules=(AlertRule(name=alert.rule, url=url),) if alert.rule else ())

        subject = Subject(Kind.ISSUES, (issue.project.slug if issue.project else "",), issue.level)
        listeners = await self._store.listeners(organization.id)
        found = targets(listeners, subject, [alert.settings], self._clock(), by_rule=True)
        return await self._place(webhook, organization, Happening(issue.id, "", facts), found)

    async def _installation(
        self, _: ClaimedWebhook, organization: StoredOrganization, changed: InstallationChanged
    ) -> str | None:
        if changed.action == "deleted":
            await self._parts.organizations.broken(organization, "The integration was uninstalled in Sentry.")
        return f"installation {changed.action}"

    async def _subscribed(self, organization: StoredOrganization) -> list[Listener]:
        return [each for each in await self._store.listeners(organization.id) if each.subscriptions]
