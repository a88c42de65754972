"""Alerts become cards: which facts, for whom, and what is stored so that it happens once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from issue_model import IssueFacts
from sentry_api import Issue
from services.alerts import facts as issue_facts
from services.alerts.issue_cards import IssueCards
from services.alerts.organizations import Organizations
from services.alerts.painting import Spot, Subject, issue_activity, mark_of
from services.alerts.routing import Target
from services.alerts.seldom import Seldom
from services.alerts.together import Together
from services.delivery import Delivery
from store import ISSUE_CARD, AlertStore, AlertWork, ClaimedWebhook, NewDelivery, Placement, StoredOrganization

ASKED_EVERY = 30.0
"""Seconds between two questions of this process about an issue in a storm."""

TAGS = "tags"
"""The setting of our action in a rule that says which tags a card shows."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that cards are to show. event: what tells it from others, "" when it is an issue without an event.

    facts: what is told of it, with the tags that a target wants. issue: as Sentry has just told, None: ask.
    """

    issue_id: str
    event: str
    facts: Callable[[Sequence[str]], IssueFacts]
    issue: Issue | None = None


class Placing:
    """Puts alerts into conversations, one card for an issue in each."""

    def __init__(
        self,
        store: AlertStore,
        organizations: Organizations,
        cards: IssueCards,
        delivery: Delivery,
        storm: timedelta,
    ) -> None:
        self._store = store
        self._organizations = organizations
        self._cards = cards
        self._delivery = delivery
        self._storm = storm
        self._together = Together(store)
        self._asked = Seldom(ASKED_EVERY)

    async def place(
        self,
        webhook: ClaimedWebhook,
        organization: StoredOrganization,
        happening: Happening,
        targets: Sequence[Target],
    ) -> None:
        """Post a card to each target, or count on the one that stands there already."""
        issue = happening.issue or await self._ask(organization, happening.issue_id, targets)
        if issue is not None:
            await self._cards.get_ready(organization, issue)
        placements = [self._placement(webhook, organization, happening, target, issue) for target in targets]
        await self.store(webhook, organization, placements)

    async def store(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, placements: Sequence[Placement]
    ) -> None:
        """Store what becomes of a webhook, and that it is done."""
        await self._together.place(AlertWork(webhook.id, organization.id, placements, self._cards.clock(), self._storm))
        self._delivery.look()

    async def _ask(self, organization: StoredOrganization, issue_id: str, targets: Sequence[Target]) -> Issue | None:
        """Ask Sentry for the issue; in a storm now and then, for how many events and users there are."""
        if await self._is_storm(organization, issue_id, targets) and not self._asked.is_due(
            (organization.id, issue_id)
        ):
            return None
        return await self._organizations.issue_if_told(organization, issue_id)

    async def _is_storm(self, organization: StoredOrganization, issue_id: str, targets: Sequence[Target]) -> bool:
        """Tell whether no new card is to be posted, for one stands everywhere already."""
        spots = [(target.listener.installation_id, target.to.conversation_id) for target in targets]
        since = self._cards.clock() - self._storm
        return await self._store.recent(organization.id, issue_id, spots, since) == len(spots)

    def _placement(
        self,
        webhook: ClaimedWebhook,
        organization: StoredOrganization,
        happening: Happening,
        target: Target,
        issue: Issue | None,
    ) -> Placement:
        told = happening.facts(wanted_tags(target.settings))
        facts = told if issue is None else issue_facts.as_it_is(told, issue)
        spot = Spot(target.listener.place, target.to)
        controls = self._cards.controls_for(organization, Subject(happening.issue_id, facts), spot)
        activity = issue_activity(facts, controls)
        return Placement(
            connection_id=target.listener.connection_id,
            installation_id=target.listener.installation_id,
            issue_id=happening.issue_id,
            event=happening.event,
            facts=issue_facts.written(facts),
            post=card_delivery(webhook, target, activity),
            again=lambda text, more: issue_facts.written(issue_facts.again(issue_facts.read(text), facts, more)),
            mark=mark_of(activity),
        )


def card_delivery(webhook: ClaimedWebhook, target: Target, activity: dict[str, Any]) -> NewDelivery:
    """Return the delivery of a new card, the same however often the webhook is worked on."""
    where = hashlib.sha256(target.to.conversation_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return NewDelivery(
        key=f"alert:{webhook.id}:{target.listener.installation_id}:{where}",
        to=target.to,
        activity=activity,
        purpose=ISSUE_CARD,
        installation_id=target.listener.installation_id,
    )


def wanted_tags(settings: Mapping[str, str]) -> Sequence[str]:
    """Return the tags that a rule wants on its cards; some that most people want when it says nothing."""
    named = [name.strip() for name in settings.get(TAGS, "").split(",")]
    return [name for name in named if name] or issue_facts.DEFAULT_TAGS
