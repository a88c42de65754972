"""What is counted. Labels come from short lists of ours, never from callers: each value is a time series for good."""

import time
from collections.abc import Mapping
from typing import TypeVar

from prometheus_client import Counter, Gauge, Histogram

Child = TypeVar("Child", Counter, Histogram)
TYPES = frozenset({"message", "conversationUpdate", "installationUpdate", "invoke", "messageReaction", "event"})
RESOURCES = frozenset({"event_alert", "metric_alert", "issue", "comment", "error", "installation", "activity_alert"})
DELAYS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)

_refused = Counter("bot_requests_refused_total", "Requests to /api/messages that were not served", ["reason"])
_activities = Counter("bot_activities_total", "Activities by what they were and what came of them", ["type", "outcome"])
_turns = Histogram("bot_turn_seconds", "How long turns took", ["type"], buckets=BUCKETS)
_calls = Counter("bot_connector_calls_total", "Calls to the connector, with their repeats", ["method", "outcome"])
_webhooks = Counter("bot_webhooks_total", "Webhooks of Sentry, and what they were answered", ["resource", "outcome"])
_work = Counter("bot_webhook_work_total", "Work on webhooks, and what came of it", ["kind", "outcome"])
_delay = Histogram("bot_webhook_seconds", "From a webhook's arrival until it was worked on", buckets=DELAYS)
_cards = Counter("bot_cards_total", "Cards of alerts: opened, counted on, painted anew", ["what"])
_placeless = Counter("bot_rules_without_place_total", "Alerts whose rule names a place that is not connected")
_keys = Counter("bot_key_fetches_total", "Fetches of the channel's signing keys", ["outcome"])
_tokens = Counter("bot_token_exchanges_total", "Exchanges of the bot's identity for a token", ["outcome"])
# When this process last handled an activity, and when the connector last took something from it.
_last = {"activity": 0.0, "post": 0.0}
Gauge("bot_last_activity_timestamp_seconds", "The last activity").set_function(lambda: _last["activity"])
Gauge("bot_last_post_timestamp_seconds", "The last post that was taken").set_function(lambda: _last["post"])
# Looking a labelled child up costs more than counting.
_known: dict[tuple[str, ...], Counter | Histogram] = {}


def refused(reason: str) -> None:
    """Count a request that was refused; `reason` is a word of adapter/refusals.py."""
    _counter(_refused, reason).inc()


def turn(kind: str, outcome: str, seconds: float) -> None:
    """Count an activity of type `kind`, and how long its turn took."""
    known = kind if kind in TYPES else "other"
    _counter(_activities, known, outcome).inc()
    _histogram(_turns, known).observe(seconds)
    _last["activity"] = time.time()


def connector_call(method: str, outcome: str) -> None:
    """Count a call to the connector: "ok", a status, or what came instead of an answer."""
    _counter(_calls, method, outcome).inc()
    if outcome == "ok":
        _last["post"] = time.time()


def webhook(resource: str, outcome: str) -> None:
    """Count a webhook that was answered; `outcome` is a word of handlers/sentry_webhook.py."""
    _counter(_webhooks, resource if resource in RESOURCES else "other", outcome).inc()


def rule_without_place() -> None:
    """Count an alert whose rule in Sentry names a place that is not connected any more."""
    _placeless.inc()


def webhook_work(kind: str, outcome: str, seconds: float | None = None) -> None:
    """Count a try at a webhook: "done", "later", "failed". seconds: since it came, when it is over."""
    _counter(_work, kind, outcome).inc()
    if seconds is not None:
        _delay.observe(seconds)


def cards(what: str, count: int = 1) -> None:
    """Count cards that were "opened", "counted" on or "painted" anew."""
    if count:
        _counter(_cards, what).inc(count)


def key_fetch(*, failed: bool) -> None:
    """Count a fetch of the signing keys."""
    _counter(_keys, "failed" if failed else "ok").inc()


def token_exchange(*, failed: bool) -> None:
    """Count an exchange of the bot's credentials for a token."""
    _counter(_tokens, "failed" if failed else "ok").inc()


def _counter(metric: Counter, *labels: str) -> Counter:
    return _child(metric, labels)


def _histogram(metric: Histogram, *labels: str) -> Histogram:
    return _child(metric, labels)


def _child(metric: Child, labels: tuple[str, ...]) -> Child:
    key = (metric._name, *labels)  # noqa: SLF001 - prometheus-client has no public name
    child = _known.get(key)
    if child is None:
        child = _known[key] = metric.labels(*labels)
    return child  # type: ignore[return-value]


def deliveries(figures: Mapping[str, float]) -> str:
    """Return gauges of one application's deliveries in the exposition format."""
    return "".join(
        f"# TYPE bot_deliveries_{name} gauge\nbot_deliveries_{name} {value}\n" for name, value in figures.items()
    )
