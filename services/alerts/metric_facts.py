"""What a card shows of a metric alert."""

import re

import sentry_api.webhook_events as told
from alert_model import MetricAlertFacts, MetricState
from sentry_api import own_address
from services.alerts.kept import Kept
from store import StoredOrganization

PREFIX = "metric:"
_METRIC = Kept(MetricAlertFacts)
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)(?![\d.]*\s*%\s*(?:higher|lower))", re.ASCII)
_SEVERITY = {MetricState.RESOLVED: 0, MetricState.OPEN: 1, MetricState.WARNING: 2, MetricState.CRITICAL: 3}


def written(facts: MetricAlertFacts) -> str:
    """Return the facts as the store keeps them."""
    return _METRIC.written(facts)


def read(text: str) -> MetricAlertFacts:
    """Return the facts that were written; raises ValueError."""
    return _METRIC.read(text)


def is_worse(newer: MetricState, older: MetricState) -> bool:
    """Tell whether people must hear of it: an update of a card is silent in Teams."""
    return _SEVERITY[newer] > _SEVERITY[older]


def of_alert(alert: told.MetricAlert, organization: StoredOrganization) -> MetricAlertFacts:
    """Return what a webhook tells of a metric alert. A state that Sentry adds one day is shown as open."""
    state = MetricState(alert.state.value) if alert.state.value in set(MetricState) else MetricState.OPEN
    alerts = f"{organization.sentry_url}/organizations/{organization.slug}/alerts/"
    value = _NUMBER.match(alert.text)
    return MetricAlertFacts(
        title=alert.title or alert.rule,
        url=own_address(alert.url, organization.sentry_url, alerts),
        state=state,
        happened=alert.text,
        value=float(value[1]) if value else None,
        threshold=_threshold(alert, state),
        is_above=alert.above is not False,
        aggregate=alert.aggregate,
        query=alert.query,
        minutes=alert.minutes,
        projects=alert.projects,
        environment=alert.environment,
        started=alert.started,
        closed=alert.closed if state is MetricState.RESOLVED else None,
    )


def _threshold(alert: told.MetricAlert, state: MetricState) -> float | None:
    own = next((trigger.threshold for trigger in alert.triggers if trigger.label == state.value), None)
    return own if own is not None else next((trigger.threshold for trigger in alert.triggers), None)
