"""Where an alert goes: the place that a rule names, the conversations that subscribe to it, or every connected place.

A connected place in which nobody has subscribed to anything gets the alerts of all rules that name no place. Who
subscribes in a place says what is wanted there: from then on only that comes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

import metrics
from model import ConversationReference
from services.alerts.wanted import Subject, matches, read
from store import Listener, Subscription

log = structlog.get_logger(__name__)
PLACE = "place"
"""The setting of our action in a rule that names a channel, as the rule editor's picker offers it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A conversation that an alert goes to. `settings` are those of the rule that names it."""

    listener: Listener
    to: ConversationReference
    settings: Mapping[str, str]


def targets(
    listeners: Sequence[Listener],
    subject: Subject,
    settings: Sequence[Mapping[str, str]],
    now: datetime,
    *,
    by_rule: bool,
) -> list[Target]:
    """Return each conversation once, those that are muted left out.

    settings: those of our actions in the rule that fired. by_rule: a rule fired, and did so to tell us.
    """
    named = [each for each in settings if each.get(PLACE)]
    found: dict[tuple[int, str], Target] = {}
    for target in (
        *_named(listeners, named),
        *_subscribed(listeners, subject),
        *(_default(listeners) if by_rule and not named else ()),
    ):
        found.setdefault((target.listener.installation_id, target.to.conversation_id), target)
    return [target for target in found.values() if not is_muted(target, now)]


def is_muted(target: Target, now: datetime) -> bool:
    """Tell whether no new alerts are wanted in the conversation just now."""
    return any(
        channel.muted_until is not None and channel.muted_until > now
        for channel in target.listener.channels
        if channel.conversation_id == target.to.conversation_id
    )


def in_conversation(listener: Listener, conversation_id: str) -> ConversationReference:
    """Return a conversation of the listener's place."""
    home = listener.conversation
    return ConversationReference(home.service_url, conversation_id, home.tenant_id)


def _named(listeners: Sequence[Listener], settings: Sequence[Mapping[str, str]]) -> Iterator[Target]:
    known = {str(channel.id): (listener, channel) for listener in listeners for channel in listener.channels}
    for each in settings:
        if each[PLACE] in known:
            listener, channel = known[each[PLACE]]
            yield Target(listener, in_conversation(listener, channel.conversation_id), each)
        else:
            metrics.rule_without_place()
            log.warning("a rule in Sentry names a place that is not connected any more", place=each[PLACE][:40])


def _subscribed(listeners: Sequence[Listener], subject: Subject) -> Iterator[Target]:
    for listener in listeners:
        for subscription in listener.subscriptions:
            if _wants(subscription, subject):
                yield Target(listener, in_conversation(listener, subscription.conversation_id), {})


def _wants(subscription: Subscription, subject: Subject) -> bool:
    try:
        return matches(read(subscription.wanted), subject)
    except ValueError:
        log.warning("a subscription cannot be read", subscription=subscription.id)
        return False


def _default(listeners: Sequence[Listener]) -> Iterator[Target]:
    for listener in listeners:
        if not listener.subscriptions:
            yield Target(listener, listener.conversation, {})
