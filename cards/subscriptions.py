"""The cards around `subscribe`, `unsubscribe`, `subscriptions` and `mute`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from alert_model import SubscriptionFacts
from cards.elements import card, note, paragraph, title
from cards.escape import fitting, markdown, plain
from cards.links import link
from cards.names import how_to_send, organization, place, plain_organization, plain_place
from cards.template import message
from cards.times import local_time
from issue_model import AlertRule
from model import PlaceKind
from texts import gettext as _
from texts import marked, ngettext

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
    summary = _("{subscriptions} in {place}").format(
        subscriptions=_count(len(subscriptions)), place=plain_place(kind, place_name)
    )
    if not subscriptions and not rules:
        return message(card(*_nothing(place_name, kind)), summary)
    body = [
        title(_("What comes to {place}").format(place=place(kind, place_name))),
        *([paragraph(_("Muted until {time}.").format(time=local_time(muted_until)))] if muted_until else []),
        *(paragraph(text) for text in _numbered(subscriptions)),
        *(paragraph(text) for text in _ruled(rules)),
        note(_("To end one, {how}.").format(how=how_to_send(kind, _("**unsubscribe** and its number")))),
    ]
    return message(card(*body), summary)


def _nothing(place_name: str, kind: PlaceKind) -> tuple[Any, ...]:
    return (
        title(_("No subscriptions here")),
        paragraph(_("Nothing from Sentry comes to {place} yet.").format(place=place(kind, place_name))),
        note(
            _("To get alerts, {how}.").format(
                how=how_to_send(kind, _("**subscribe** or **subscribe project:web level:error**"))
            )
        ),
    )


def _count(number: int) -> str:
    if not number:
        return _("No subscriptions")
    return ngettext("{count} subscription", "{count} subscriptions", number).format(count=number)


def _numbered(subscriptions: Sequence[SubscriptionFacts]) -> list[str]:
    first = enumerate(subscriptions[:_MOST_SUBSCRIPTIONS], start=1)
    rows = fitting((f"**#{number}** {described(each)}" for number, each in first), _MOST_BYTES)
    more = len(subscriptions) - len(rows)
    return [*rows, _("And {count} more.").format(count=more)] if more else rows


def _ruled(rules: Sequence[AlertRule]) -> Iterator[str]:
    if rules:
        names = fitting((_rule(rule) for rule in rules[:_MOST_RULES]), _MOST_BYTES // 2)
        shown, more = ", ".join(names), len(rules) - len(names)
        shown = _("{names} and {count} more").format(names=shown, count=more) if more else shown
        yield _("Alert rules in Sentry that post here: {rules}").format(rules=shown)


def _rule(rule: AlertRule) -> str:
    name = link(rule.name, rule.url, 60)
    if rule.fired_at is None:
        return name
    return _("{rule} (last: {time})").format(rule=name, time=local_time(rule.fired_at))


def build_subscribed_card(
    subscription: SubscriptionFacts, place_name: str, kind: PlaceKind = PlaceKind.TEAM
) -> dict[str, Any]:
    """Confirm `subscribe`, and say exactly what will come."""
    body = (
        title(_("Subscribed")),
        paragraph(
            _("To {place} come: {alerts}.").format(place=place(kind, place_name), alerts=described(subscription))
        ),
        note(_("For a sample, {how}; to see all, **subscriptions**.").format(how=how_to_send(kind, "**test**"))),
    )
    return message(card(*body), _("Subscribed: {alerts}").format(alerts=_plain(subscription)))


def build_unsubscribed_card(
    ended: Sequence[SubscriptionFacts], left: int, kind: PlaceKind = PlaceKind.TEAM
) -> dict[str, Any]:
    """Confirm `unsubscribe`: what ended, and how many are left."""
    done = _("Unsubscribed") if ended else _("No such subscription")
    gone = (_("No longer: {alerts}.").format(alerts=described(each)) for each in ended)
    body = (
        title(done),
        *(paragraph(text) for text in fitting(gone, _MOST_BYTES)),
        paragraph(_("{subscriptions} left here.").format(subscriptions=_count(left))),
        note(_("To see what comes here, {how}.").format(how=how_to_send(kind, "**subscriptions**"))),
    )
    summary = _("{done}: {subscriptions} left here").format(done=done, subscriptions=_count(left))
    return message(card(*body), summary)


def build_muted_card(until: datetime | None, by: str, kind: PlaceKind = PlaceKind.TEAM) -> dict[str, Any]:
    """Confirm `mute` until a time, or (None) that alerts come again. `by`: "" when not known."""
    person = markdown(by, limit=60)
    if until is None:
        again = _("New alerts come here again, by {person}.") if person else _("New alerts come here again.")
        body = (title(_("Alerts are on again")), paragraph(again.format(person=person)))
        return message(card(*body), _("Sentry's alerts are on again here"))
    muted = _("No new alerts until {time}, by {person}.") if person else _("No new alerts until {time}.")
    muted = muted.format(time=local_time(until), person=person)
    kept = _("Cards that are here already stay up to date.")
    body = (title(_("Alerts are muted")), paragraph(f"{muted} {kept}"))
    hint = note(_("To hear them again, {how}.").format(how=how_to_send(kind, "**unmute**")))
    return message(card(*body, hint), _("Sentry's alerts are muted here"))


def described(subscription: SubscriptionFacts) -> str:
    """Return Markdown: "issues and metrics of “Acme”, project web, level error, tag region:eu"."""
    kinds = _kinds([markdown(_kind(kind), limit=20) for kind in subscription.kinds[:_MOST_VALUES]])
    what = _("{kinds} of {organization}").format(kinds=kinds, organization=organization(subscription.organization))
    filters = [text for name, values in _filters(subscription) for text in [_filter(name, values)] if text]
    return ", ".join([what, *filters])


_KINDS = {name: name for name in (marked("issues"), marked("metrics"), marked("comments"))}


def _kind(name: str) -> str:
    return _(_KINDS[name]) if name in _KINDS else name


def _kinds(names: Sequence[str]) -> str:
    return _(" and ").join(names) or _("alerts")


def _filters(subscription: SubscriptionFacts) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (_("project"), subscription.projects),
        (_("level"), subscription.levels),
        (_("environment"), subscription.environments),
        (_("tag"), tuple(f"{name[:_LONGEST_VALUE]}:{value[:_LONGEST_VALUE]}" for name, value in subscription.tags)),
    )


def _filter(name: str, values: tuple[str, ...]) -> str:
    shown = [markdown(value, limit=_LONGEST_VALUE) for value in values[:_MOST_VALUES]]
    more = [_("{count} more").format(count=len(values) - _MOST_VALUES)] if len(values) > _MOST_VALUES else []
    kept = [value for value in shown if value] + more
    either = _(" or ").join(kept)
    return f"{name} {either}" if kept else ""


def _plain(subscription: SubscriptionFacts) -> str:
    kinds = _kinds([plain(_kind(kind), limit=20) for kind in subscription.kinds[:_MOST_VALUES]])
    name = plain_organization(subscription.organization)
    return _("{kinds} of {organization}").format(kinds=kinds, organization=name)
