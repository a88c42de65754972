"""What a card shows of an issue: put together from the webhook's own event and from what Sentry says of the issue."""

from collections.abc import Sequence
from dataclasses import replace

import sentry_api
from issue_model import (
    NO_OUTCOME,
    NOBODY,
    AlertRule,
    CodePlace,
    IssueFacts,
    IssueStatus,
    Outcome,
    Owner,
    Priority,
    Trend,
)
from sentry_api import Event, Issue, own_address
from services.alerts.kept import Kept
from store import StoredOrganization

_ISSUE = Kept(IssueFacts)
DEFAULT_TAGS = ("transaction", "url", "browser", "os", "server_name")
_MOST_RULES = 10
_TRENDS = {trend.value: trend for trend in Trend}
_STATUSES = {status.value: status for status in IssueStatus}


def written(facts: IssueFacts) -> str:
    """Return the facts as the store keeps them."""
    return _ISSUE.written(facts)


def read(text: str) -> IssueFacts:
    """Return the facts that were written; raises ValueError."""
    return _ISSUE.read(text)


def issue_url(organization: StoredOrganization, issue_id: str) -> str:
    """Return where a person looks at an issue."""
    return f"{organization.sentry_url}/organizations/{organization.slug}/issues/{issue_id}/"


def of_event(
    event: Event, project: str, organization: StoredOrganization, tags: Sequence[str] = DEFAULT_TAGS
) -> IssueFacts:
    """Return what an event tells; of the issue's own state that is nothing."""
    frame = event.frame
    return IssueFacts(
        title=event.title,
        url=own_address(event.url, organization.sentry_url, issue_url(organization, event.issue_id)),
        error_type=event.error_type,
        happened=event.error_value or event.message,
        culprit=event.culprit,
        code=CodePlace(file=frame.file, function=frame.function, line=frame.line, code=frame.code) if frame else None,
        level=event.level,
        unhandled=None if event.handled is None else not event.handled,
        project=project,
        environment=event.environment,
        release=event.release,
        last_seen=event.when,
        tags=tuple((name, event.tags[name]) for name in tags if name in event.tags),
    )


def of_issue(issue: Issue, organization: StoredOrganization) -> IssueFacts:
    """Return what Sentry tells of an issue without any event."""
    facts = IssueFacts(
        title=issue.title,
        url=own_address(issue.url, organization.sentry_url, issue_url(organization, issue.id)),
        error_type=issue.error_type,
        happened=issue.error_value,
        culprit=issue.culprit,
        level=issue.level,
        project=issue.project.slug if issue.project else "",
        release=issue.last_release,
    )
    return as_it_is(facts, issue)


def as_it_is(facts: IssueFacts, issue: Issue) -> IssueFacts:
    """Return the facts with the issue's present state; what the event told stays."""
    return replace(
        facts,
        title=facts.title or issue.title,
        short_id=issue.short_id or facts.short_id,
        culprit=facts.culprit or issue.culprit,
        level=facts.level or issue.level,
        unhandled=facts.unhandled if issue.unhandled is None else issue.unhandled,
        priority=Priority(issue.priority.value) if issue.priority else None,
        status=_STATUSES.get(issue.status.value, IssueStatus.UNRESOLVED),
        trend=_TRENDS.get(issue.substatus),
        outcome=_outcome(issue),
        owner=_owner(issue),
        project=facts.project or (issue.project.slug if issue.project else ""),
        first_seen=issue.first_seen or facts.first_seen,
        last_seen=max((at for at in (issue.last_seen, facts.last_seen) if at), default=None),
        events=facts.events if issue.events is None else issue.events,
        users=facts.users if issue.users is None else issue.users,
    )


def again(facts: IssueFacts, newer: IssueFacts, more: int = 0) -> IssueFacts:
    """Return the facts of a card when another event came in: its own event stays the one that is shown.

    more: how many events that is (0: one that was known); they count until Sentry tells its own figure.
    """
    known = {rule.name for rule in facts.rules}
    rules = (*facts.rules, *(rule for rule in newer.rules if rule.name not in known))
    return replace(
        facts,
        rules=rules[:_MOST_RULES],
        last_seen=max((at for at in (facts.last_seen, newer.last_seen) if at), default=None),
        code=facts.code or newer.code,
        environment=facts.environment or newer.environment,
        release=facts.release or newer.release,
        happened=facts.happened or newer.happened,
        tags=facts.tags or newer.tags,
        unhandled=newer.unhandled if facts.unhandled is None else facts.unhandled,
        events=_higher(None if facts.events is None else facts.events + more, newer.events),
        users=_higher(facts.users, newer.users),
    )


def with_rules(facts: IssueFacts, names: Sequence[str]) -> IssueFacts:
    """Return the facts with the names of the rules that fired."""
    return replace(facts, rules=tuple(AlertRule(name=name) for name in names if name))


def _higher(one: int | None, other: int | None) -> int | None:
    return max((number for number in (one, other) if number is not None), default=None)


def _owner(issue: Issue) -> Owner:
    if issue.assignee is None:
        return NOBODY
    return Owner(name=issue.assignee.name, is_team=issue.assignee.kind == "team")


def _outcome(issue: Issue) -> Outcome:
    if issue.status not in {sentry_api.IssueStatus.RESOLVED, sentry_api.IssueStatus.ARCHIVED}:
        return NO_OUTCOME
    details = issue.details
    return Outcome(
        in_release=details.in_release,
        in_next_release=details.in_next_release,
        in_commit=details.in_commit,
        until=details.until,
        events=details.events,
        users=details.users,
        until_escalating=issue.substatus == "archived_until_escalating",
        forever=issue.substatus == "archived_forever",
        by=details.by,
    )
