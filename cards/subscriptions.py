"""The cards around `subscribe`, `unsubscribe`, `subscriptions` and `mute`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from alert_model import SubscriptionFacts
from cards.elements import card, note, paragraph, title
from cards.escape import fitting, markdown, plain
from cards.links import link
from cards.names import how_to_send, organization, place, plain_place
from cards.template import message
from cards.times import local_time
from issue_model import AlertRule
from model import PlaceKind

_MOST_SUBSCRIPTIONS = 50
_MOST_BYTES = 12_000
_MOST_RULES = 10
_MOST_VALUES = 5
_LONGEST_VALUE = 30


def build_subscriptions_card(
    place_name: str,
    subscriptions: Sequence[SubscriptionFacts],
    kind: PlaceKind = PlaceKind.TEAM,
    *,
    rules: Sequence[AlertRule] = (),
    muted_until: datetime | None = None,
) -> dict[str, Any]:
    """Answer `subscriptions`: what comes here, by subscription (numbered, as `unsubscribe` takes them) and by rule."""
    summary = f"{_count(len(subscriptions))} in {plain_place(kind, place_name)}"
    if not subscriptions and not rules:
        return message(card(*_nothing(place_name, kind)), summary)
    body = [
        title(f"What comes to {place(kind, place_name)}"),
        *([paragraph(f"Muted until {local_time(muted_until)}.")] if muted_until else []),
        *(paragraph(text) for text in _numbered(subscriptions)),
        *(paragraph(text) for text in _ruled(rules)),
        note(f"To end one, {how_to_send(kind, '**unsubscribe** and its number')}."),
    ]
    return message(card(*body), summary)


def _nothing(place_name: str, kind: PlaceKind) -> tuple[Any, ...]:
    return (
        title("No subscriptions here"),
        paragraph(f"Nothing from Sentry comes to {place(kind, place_name)} yet."),
        note(f"To get alerts, {how_to_send(kind, '**subscribe** or **subscribe project:web level:error**')}."),
    )


def _count(number: int) -> str:
    return "1 subscription" if number == 1 else f"{number or 'No'} subscriptions"


def _numbered(subscriptions: Sequence[SubscriptionFacts]) -> list[str]:
    first = enumerate(subscriptions[:_MOST_SUBSCRIPTIONS], start=1)
    rows = fitting((f"**#{number}** {described(each)}" for number, each in first), _MOST_BYTES)
    more = len(subscriptions) - len(rows)
    return [*rows, f"And {more} more."] if more else rows


def _ruled(rules: Sequence[AlertRule]) -> Iterator[str]:
    if rules:
        names = fitting((link(rule.name, rule.url, 60) for rule in rules[:_MOST_RULES]), _MOST_BYTES // 2)
        more = f" and {len(rules) - len(names)} more" if len(rules) > len(names) else ""
        yield f"Alert rules in Sentry that post here: {', '.join(names)}{more}"


def build_subscribed_card(
    subscription: SubscriptionFacts, place_name: str, kind: PlaceKind = PlaceKind.TEAM
) -> dict[str, Any]:
    """Confirm `subscribe`, and say exactly what will come."""
    body = (
        title("Subscribed"),
        paragraph(f"To {place(kind, place_name)} come: {described(subscription)}."),
        note(f"For a sample, {how_to_send(kind, '**test**')}; to see all, **subscriptions**."),
    )
    return message(card(*body), f"Subscribed: {_plain(subscription)}")


def build_unsubscribed_card(
    ended: Sequence[SubscriptionFacts], left: int, kind: PlaceKind = PlaceKind.TEAM
) -> dict[str, Any]:
    """Confirm `unsubscribe`: what ended, and how many are left."""
    body = (
        title("Unsubscribed" if ended else "No such subscription"),
        *(paragraph(text) for text in fitting((f"No longer: {described(each)}." for each in ended), _MOST_BYTES)),
        paragraph(f"{_count(left)} left here."),
        note(f"To see what comes here, {how_to_send(kind, '**subscriptions**')}."),
    )
    return message(card(*body), f"{'Unsubscribed' if ended else 'No such subscription'}: {_count(left)} left here")


def build_muted_card(until: datetime | None, by: str, kind: PlaceKind = PlaceKind.TEAM) -> dict[str, Any]:
    """Confirm `mute` until a time, or (None) that alerts come again. `by`: "" when not known."""
    person = markdown(by, limit=60)
    who = f", by {person}" if person else ""
    if until is None:
        body = (title("Alerts are on again"), paragraph(f"New alerts come here again{who}."))
        return message(card(*body), "Sentry's alerts are on again here")
    body = (
        title("Alerts are muted"),
        paragraph(f"No new alerts until {local_time(until)}{who}. Cards that are here already stay up to date."),
    )
    hint = note(f"To hear them again, {how_to_send(kind, '**unmute**')}.")
    return message(card(*body, hint), "Sentry's alerts are muted here")


def described(subscription: SubscriptionFacts) -> str:
    """Return Markdown: "issues and metrics of “Acme”, project web, level error, tag region:eu"."""
    kinds = " and ".join(markdown(kind, limit=20) for kind in subscription.kinds[:_MOST_VALUES]) or "alerts"
    filters = [text for name, values in _filters(subscription) for text in [_filter(name, values)] if text]
    return ", ".join([f"{kinds} of {organization(subscription.organization)}", *filters])


def _filters(subscription: SubscriptionFacts) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("project", subscription.projects),
        ("level", subscription.levels),
        ("environment", subscription.environments),
        ("tag", tuple(f"{name[:_LONGEST_VALUE]}:{value[:_LONGEST_VALUE]}" for name, value in subscription.tags)),
    )


def _filter(name: str, values: tuple[str, ...]) -> str:
    shown = [markdown(value, limit=_LONGEST_VALUE) for value in values[:_MOST_VALUES]]
    more = [f"{len(values) - _MOST_VALUES} more"] if len(values) > _MOST_VALUES else []
    kept = [value for value in shown if value] + more
    return f"{name} {' or '.join(kept)}" if kept else ""


def _plain(subscription: SubscriptionFacts) -> str:
    kinds = " and ".join(plain(kind, limit=20) for kind in subscription.kinds[:_MOST_VALUES])
    return f"{kinds or 'alerts'} of {plain(subscription.organization, 'a Sentry organization')}"
