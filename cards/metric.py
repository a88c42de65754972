"""The card of a metric alert."""

from collections.abc import Iterator
from typing import Any

from microsoft_teams.cards import ContainerStyle, Image

from alert_model import MetricAlertFacts, MetricState
from cards import parts
from cards.escape import markdown, plain
from cards.issue_actions import open_action
from cards.issue_notices import NO_NOTICES, Notices, notice_blocks
from cards.links import link
from cards.sparkline import HEIGHT, WIDTH, sparkline
from cards.template import Template, assemble
from cards.times import local_time, minutes

_STYLES: dict[MetricState, ContainerStyle] = {
    MetricState.CRITICAL: "attention",
    MetricState.WARNING: "warning",
    MetricState.RESOLVED: "good",
    MetricState.OPEN: "accent",
}
_STATES = frozenset(MetricState)
_LONGEST_TITLE = 140
_LONGEST_STORY = 200
_MOST_PROJECTS = 5


def build_metric_alert_card(alert: MetricAlertFacts, *, notices: Notices = NO_NOTICES) -> dict[str, Any]:
    """Show a metric alert: how it stands, the value, the threshold, where, since when; a chart if there are points."""
    return assemble(list(_body(alert, notices)), open_action(alert.url), _summary(alert, notices))


def _summary(alert: MetricAlertFacts, notices: Notices) -> str:
    sample = "Sample: " if notices.sample else ""
    title = plain(_title(alert), "Metric alert", 100)
    happened = plain(alert.happened, limit=60)
    return f"{sample}{alert.state.capitalize()}: {title}{f', {happened}' if happened else ''}"


def _title(alert: MetricAlertFacts) -> str:
    """Return the rule's name; Sentry puts a state in front of it, and the band says that already."""
    state, _, name = alert.title[: 4 * _LONGEST_TITLE].partition(": ")
    return name if state.lower() in _STATES and name else alert.title


def _body(alert: MetricAlertFacts, notices: Notices) -> Iterator[dict[str, Any]]:
    yield parts.band(_STYLES[alert.state], _standing(alert))
    yield from notice_blocks(notices)
    yield parts.headline(link(_title(alert), alert.url, _LONGEST_TITLE) or "Metric alert")
    yield from parts.sentence(markdown(alert.happened, limit=_LONGEST_STORY))
    yield from _chart(alert)
    yield from parts.fact_set(_facts(alert))


def _standing(alert: MetricAlertFacts) -> str:
    value = f": {_number(alert.value)}" if alert.value is not None else ""
    return f"{alert.state.capitalize()}{value}"


def _chart(alert: MetricAlertFacts) -> Iterator[dict[str, Any]]:
    picture = sparkline(alert.points, alert.threshold)
    if picture:
        low, high, last = min(alert.points), max(alert.points), alert.points[-1]
        text = f"Between {_number(low)} and {_number(high)}, last {_number(last)}"
        yield _CHART.fill({"picture": picture, "text": text})


def _facts(alert: MetricAlertFacts) -> Iterator[tuple[str, str]]:
    side = "above" if alert.is_above else "below"
    yield "Threshold", f"{side} {_number(alert.threshold)}" if alert.threshold is not None else ""
    yield "Metric", markdown(alert.aggregate, limit=60)
    yield "Filter", markdown(alert.query, limit=120)
    yield "Window", minutes(alert.minutes) if alert.minutes else ""
    yield "Project", _projects(alert.projects)
    yield "Environment", markdown(alert.environment, limit=60)
    yield "Since", local_time(alert.started) if alert.started else ""
    yield "Until", local_time(alert.closed) if alert.closed else ""


def _projects(projects: tuple[str, ...]) -> str:
    shown = ", ".join(name for name in (markdown(each, limit=40) for each in projects[:_MOST_PROJECTS]) if name)
    more = len(projects) - _MOST_PROJECTS
    return f"{shown} and {more} more" if more > 0 else shown


def _number(value: float) -> str:
    """Return a number with at most three decimals, for short: "1,234", "0.125", "1.23e+15"."""
    return f"{value:.4g}" if abs(value) >= 10**12 else f"{value:,.3f}".rstrip("0").rstrip(".")


_CHART = Template.of_part(
    Image(url="{{picture}}", alt_text="{{text}}", width=f"{WIDTH}px", height=f"{HEIGHT}px", spacing="Small")
)
