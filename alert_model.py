"""What cards, services and store know of metric alerts, subscriptions and people. Imports nothing of ours.

"", None and empty: not told.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MetricState(StrEnum):
    """How a metric alert stands; the values are Sentry's."""

    CRITICAL = "critical"
    WARNING = "warning"
    RESOLVED = "resolved"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAlertFacts:
    """A metric alert as a card shows it. `happened`: Sentry's sentence ("150 events in the last 10 minutes").

    value: the metric now. threshold: of the state, crossed from below (`is_above`) or from above. minutes: the window
    that the rule looks at. points: the metric's values, oldest first, evenly spaced.
    """

    title: str
    url: str
    state: MetricState
    happened: str = ""
    value: float | None = None
    threshold: float | None = None
    is_above: bool = True
    aggregate: str = ""
    query: str = ""
    minutes: int | None = None
    projects: tuple[str, ...] = ()
    environment: str = ""
    started: datetime | None = None
    closed: datetime | None = None
    points: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFacts:
    """What a place listens to. `kinds`: issues, metrics, comments. Every filter that is not empty must match."""

    organization: str
    kinds: tuple[str, ...] = ("issues",)
    projects: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFacts:
    """A person's account in one Sentry installation, linked to them in Teams."""

    sentry_url: str
    name: str
    email: str = ""
    linked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """Whether alerts get through to a place. `waiting`, `gave_up`: messages; `why`: what was wrong with the last one.

    last_alert: when one arrived or was counted on its card. last_heard: when Sentry sent anything.
    """

    waiting: int = 0
    waiting_since: datetime | None = None
    gave_up: int = 0
    why: str = ""
    last_alert: datetime | None = None
    last_heard: datetime | None = None
