"""Metric alerts: one card for each of them in a conversation, and a new one when it gets worse."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from alert_model import MetricAlertFacts
from cards import build_metric_alert_card
from sentry_api.webhook_events import MetricAlert
from services.alerts import metric_facts
from services.alerts.painting import mark_of
from services.alerts.placing import Placing, card_delivery
from services.alerts.routing import Target, targets
from services.alerts.wanted import Kind, Subject
from store import AlertStore, ClaimedWebhook, Placement, StoredCard, StoredOrganization

_EVER = datetime.min.replace(tzinfo=UTC)


class Metrics:
    """Puts metric alerts into conversations."""

    def __init__(self, store: AlertStore, placing: Placing, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._placing = placing
        self._clock = clock

    async def place(self, webhook: ClaimedWebhook, organization: StoredOrganization, alert: MetricAlert) -> str | None:
        """Let the alert's cards show its state, and post one where people must hear of it.

        Returns what was done, None when that is stored already.
        """
        facts = metric_facts.of_alert(alert, organization)
        subject = Subject(Kind.METRICS, alert.projects, environment=alert.environment)
        listeners = await self._store.listeners(organization.id)
        found = targets(listeners, subject, alert.settings, self._clock(), by_rule=True)
        name = f"{metric_facts.PREFIX}{alert.incident_id or alert.rule_id}"
        cards = await self._store.cards(organization.id, name, _EVER)
        text = metric_facts.written(facts)
        await self._store.change([(card.id, lambda _: text) for card in cards], None, self._clock())
        new = _to_be_heard(found, cards, facts)
        if not new:
            return f"{len(cards)} cards changed"
        placements = [_placement(webhook, target, name, facts) for target in new]
        await self._placing.store(webhook, organization, placements)
        return None


def _to_be_heard(found: Sequence[Target], cards: Sequence[StoredCard], facts: MetricAlertFacts) -> list[Target]:
    """Return the conversations that know nothing of the alert, or nothing as bad."""
    told = {card.to.conversation_id: metric_facts.read(card.facts).state for card in reversed(cards)}
    return [
        target
        for target in found
        if target.to.conversation_id not in told or metric_facts.is_worse(facts.state, told[target.to.conversation_id])
    ]


def _placement(webhook: ClaimedWebhook, target: Target, name: str, facts: MetricAlertFacts) -> Placement:
    activity, text = build_metric_alert_card(facts), metric_facts.written(facts)
    return Placement(
        connection_id=target.listener.connection_id,
        installation_id=target.listener.installation_id,
        issue_id=name,
        event="",
        facts=text,
        post=card_delivery(webhook, target, activity),
        again=lambda _facts, _more: text,
        mark=mark_of(activity),
        anew=True,
    )
