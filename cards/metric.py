"""The card of a metric alert."""

from collections.abc import Iterator
from typing import Any

from alert_model import MetricAlertFacts, MetricState
from cards import parts
from cards.adaptive import ContainerStyle, image
from cards.escape import markdown, plain
from cards.issue_actions import open_action
from cards.issue_notices import NO_NOTICES, Notices, notice_blocks
from cards.links import link
from cards.sparkline import HEIGHT, WIDTH, sparkline
from cards.template import Template, assemble
from cards.times import local_time, minutes
from texts import gettext as _
from texts import marked, number

_STYLES: dict[MetricState, ContainerStyle] = {
    MetricState.CRITICAL: "attention",
    MetricState.WARNING: "warning",
    MetricState.RESOLVED: "good",
    MetricState.OPEN: "accent",
}
_STATES = frozenset(MetricState)
_STATE_WORDS = {
    MetricState.CRITICAL: marked("Critical"),
    MetricState.WARNING: marked("Warning"),
    MetricState.RESOLVED: marked("Resolved"),
    MetricState.OPEN: marked("Open"),
}
_LONGEST_TITLE = 140
_LONGEST_STORY = 200
_MOST_PROJECTS = 5


def build_metric_alert_card(alert: MetricAlertFacts, *, notices: Notices = NO_NOTICES) -> dict[str, Any]:
    """Show a metric alert: how it stands, the value, the threshold, where, since when; a chart if there are points."""
    return assemble(list(_body(alert, notices)), open_action(alert.url), _summary(alert, notices))


def _summary(alert: MetricAlertFacts, notices: Notices) -> str:
    title = plain(_title(alert), _("Metric alert"), 100)
    happened = plain(alert.happened, limit=60)
    text = f"{_(_STATE_WORDS[alert.state])}: {title}{f', {happened}' if happened else ''}"
    return _("Sample: {title}").format(title=text) if notices.sample else text


def _title(alert: MetricAlertFacts) -> str:
    """Return the rule's name; Sentry puts a state in front of it, and the band says that already."""
    state, _, name = alert.title[: 4 * _LONGEST_TITLE].partition(": ")
    return name if state.lower() in _STATES and name else alert.title


def _body(alert: MetricAlertFacts, notices: Notices) -> Iterator[dict[str, Any]]:
    yield parts.band(_STYLES[alert.state], _standing(alert))
    yield from notice_blocks(notices)
    yield parts.headline(link(_title(alert), alert.url, _LONGEST_TITLE) or _("Metric alert"))
    yield from parts.sentence(markdown(alert.happened, limit=_LONGEST_STORY))
    yield from _chart(alert)
    yield from parts.fact_set(_facts(alert))


def _standing(alert: MetricAlertFacts) -> str:
    value = f": {_number(alert.value)}" if alert.value is not None else ""
    return f"{_(_STATE_WORDS[alert.state])}{value}"


def _chart(alert: MetricAlertFacts) -> Iterator[dict[str, Any]]:
    picture = sparkline(alert.points, alert.threshold)
    if picture:
        low, high, last = min(alert.points), max(alert.points), alert.points[-1]
        text = _("Between {low} and {high}, last {last}").format(
            low=_number(low), high=_number(high), last=_number(last)
        )
        yield _CHART.fill({"picture": picture, "text": text})


def _facts(alert: MetricAlertFacts) -> Iterator[tuple[str, str]]:
    side = _("above {value}") if alert.is_above else _("below {value}")
    yield _("Threshold"), side.format(value=_number(alert.threshold)) if alert.threshold is not None else ""
    yield _("Metric"), markdown(alert.aggregate, limit=60)
    yield _("Filter"), markdown(alert.query, limit=120)
    yield _("Window"), minutes(alert.minutes) if alert.minutes else ""
    yield _("Project"), _projects(alert.projects)
    yield _("Environment"), markdown(alert.environment, limit=60)
    yield _("Since"), local_time(alert.started) if alert.started else ""
    yield _("Until"), local_time(alert.closed) if alert.closed else ""


def _projects(projects: tuple[str, ...]) -> str:
    shown = ", ".join(name for name in (markdown(each, limit=40) for each in projects[:_MOST_PROJECTS]) if name)
    more = len(projects) - _MOST_PROJECTS
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown


def _number(value: float) -> str:
    """Return a number with at most three decimals, for short: "1,234", "0.125", "1.23e+15"."""
    return f"{value:.4g}" if abs(value) >= 10**12 else number(float(value))


_CHART = Template(image("{{picture}}", "{{text}}", WIDTH, HEIGHT))
