"""What Sentry tells by webhook. In all of them "", None and empty stand for what was not told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sentry_api.event import Event
from sentry_api.issue import Issue


class MetricState(StrEnum):
    """How a metric alert stands."""

    CRITICAL = "critical"
    WARNING = "warning"
    RESOLVED = "resolved"
    OPEN = "open"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: `kind` is "user", "application" (`id` "sentry": Sentry itself) or ""."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Hook:
    """What every webhook carries: the `installation` of the integration it is for (Sentry's uuid), and who did it."""

    installation: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class EventAlert(Hook):
    """An issue alert rule fired on `event`. `settings` are those of our own action in the rule, by name.

    The webhook tells neither short id, status nor assignee of the issue. `project` is the slug, `organization` too.
    """

    rule: str
    rule_id: str
    settings: Mapping[str, str]
    organization: str
    project: str
    issue_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class Trigger:
    """A threshold of a metric alert rule."""

    label: str
    threshold: float | None


@dataclass(frozen=True, slots=True)
class MetricAlert(Hook):
    """A metric alert changed its state. `minutes` is the window that the rule looks at.

    `settings` are those of each of our own actions that this state concerns, each once.
    """

    state: MetricState
    title: str
    text: str
    url: str
    incident_id: str
    rule: str
    rule_id: str
    aggregate: str
    query: str
    dataset: str
    environment: str
    minutes: int | None
    above: bool | None
    triggers: tuple[Trigger, ...]
    projects: tuple[str, ...]
    started: datetime | None
    closed: datetime | None
    settings: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class IssueChanged(Hook):
    """An issue is new or changed; `action`: created, resolved, unresolved, assigned, archived (formerly ignored)."""

    action: str
    issue: Issue


@dataclass(frozen=True, slots=True)
class CommentChanged(Hook):
    """A comment was created, updated or deleted (`action`)."""

    action: str
    comment_id: str
    issue_id: str
    project: str
    text: str
    when: datetime | None


@dataclass(frozen=True, slots=True)
class ErrorEvent(Hook):
    """An error came in (on plans where Sentry sends every one). `project` is the slug."""

    issue_id: str
    event: Event
    project: str = ""


@dataclass(frozen=True, slots=True)
class InstallationChanged(Hook):
    """The integration was installed or removed (`action`: created, deleted). `code` is worth a token for a while."""

    action: str
    status: str
    organization: str
    integration: str
    code: str


@dataclass(frozen=True, slots=True)
class ActivityAlert(Hook):
    """An alert on what Sentry's own helper did on an issue; `activity` is its word for it (seer_pr_created, …)."""

    issue: Issue | None
    activity: str
    rule: str
    rule_id: str
    url: str
    settings: Mapping[str, str]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown(Hook):
    """Anything else: to be answered 2xx and logged. `reason` says why it is not one of the others."""

    resource: str
    action: str
    reason: str


WebhookEvent: TypeAlias = (
    EventAlert
    | MetricAlert
    | IssueChanged
    | CommentChanged
    | ErrorEvent
    | InstallationChanged
    | ActivityAlert
    | Unknown
)
