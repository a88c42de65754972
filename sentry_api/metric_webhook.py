"""The webhook of a metric alert."""

from collections.abc import Mapping
from typing import Any

from sentry_api.addresses import address
from sentry_api.issue import one_of
from sentry_api.settings_of_rules import our_settings
from sentry_api.values import count, identifier, items, key, line, mapping, moment, number, paragraph
from sentry_api.webhook_events import Hook, MetricAlert, MetricState, Trigger

_MOST_PROJECTS = 50
_MOST_TRIGGERS = 10
_ABOVE: Mapping[Any, bool] = {0: True, 1: False}


def metric_alert_from(hook: Hook, action: str, data: Mapping[str, Any]) -> MetricAlert | str:
    """Build the alert, or say why it is none."""
    alert = mapping(data.get("metric_alert"))
    rule = mapping(alert.get("alert_rule"))
    if not alert:
        return "no metric alert in it"
    projects = [key(project) for project in items(alert.get("projects") or rule.get("projects"), _MOST_PROJECTS)]
    kind = rule.get("threshold_type")
    return MetricAlert(
        hook.installation,
        hook.actor,
        state=one_of(MetricState, action) or MetricState.OTHER,
        title=line(data.get("description_title")) or line(alert.get("title")) or line(rule.get("name")),
        text=paragraph(data.get("description_text"), 1000),
        url=address(data.get("web_url")),
        incident_id=identifier(alert.get("identifier")) or identifier(alert.get("id")),
        rule=line(rule.get("name"), 200),
        rule_id=identifier(rule.get("id")),
        aggregate=line(rule.get("aggregate"), 200),
        query=line(rule.get("query")),
        dataset=line(rule.get("dataset"), 60),
        environment=line(rule.get("environment"), 200),
        minutes=count(rule.get("time_window")),
        above=_ABOVE.get(kind) if isinstance(kind, int) and not isinstance(kind, bool) else None,
        triggers=tuple(_trigger(mapping(trigger)) for trigger in items(rule.get("triggers"), _MOST_TRIGGERS)),
        projects=tuple(project for project in projects if project),
        started=moment(alert.get("date_started")),
        closed=moment(alert.get("date_closed")),
        settings=our_settings(rule.get("triggers"), action, hook.installation),
    )


def _trigger(trigger: Mapping[str, Any]) -> Trigger:
    threshold = number(trigger.get("alertThreshold"))
    return Trigger(
        line(trigger.get("label"), 40), number(trigger.get("alert_threshold")) if threshold is None else threshold
    )
