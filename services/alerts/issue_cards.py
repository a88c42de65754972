"""The cards that stand in Teams, kept true: changed in the store first, then painted, by whichever process comes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

import metrics
from issue_model import IssueFacts
from sentry_api import Issue, SentryError
from services.alerts import facts as issue_facts
from services.alerts.organizations import Organizations
from services.alerts.painting import (
    ControlsFor,
    GetReady,
    Progress,
    mark_of,
    no_controls,
    nothing_to_get_ready,
    painted,
    written,
)
from store import AlertStore, Method, NewDelivery, StoredCard, StoredOrganization

log = structlog.get_logger(__name__)
KEPT_TRUE = timedelta(days=30)
"""How long after it was posted a card follows its issue."""

PAINTED_EVERY = timedelta(seconds=5)
"""A card in a storm is painted once in this time: Teams allows a conversation some messages a second at most."""

AT_ONCE = 50


class NoOrganization(LookupError):
    """No place is connected to the organization any more."""


class IssueCards:
    """Cards of issues. `controls_for` gives their buttons, `get_ready` learns what these need.

    Both may be replaced until the first alert comes.
    """

    def __init__(
        self,
        store: AlertStore,
        organizations: Organizations,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
        carry: Callable[[], None] = lambda: None,
    ) -> None:
        self.controls_for: ControlsFor = no_controls
        self.get_ready: GetReady = nothing_to_get_ready
        self._store = store
        self._organizations = organizations
        self.clock = clock
        self._wake = wake
        self._carry = carry

    async def facts(self, organization_id: int, issue_id: str) -> IssueFacts | None:
        """Return what the newest card of the issue shows; None if there is none. Raises StoreError."""
        cards = await self._store.cards(organization_id, issue_id, self.clock() - KEPT_TRUE)
        return issue_facts.read(cards[0].facts) if cards else None

    async def refresh(self, organization_id: int, issue_id: str, *, notice: Progress | None = None) -> None:
        """Let every card of the issue show how it stands in Sentry now.

        notice: what else the cards say until the next change. Raises StoreError, NoOrganization.
        """
        await self.follow(organization_id, issue_id, notice=notice)

    async def follow(
        self, organization_id: int, issue_id: str, *, notice: Progress | None = None, known: Issue | None = None
    ) -> int:
        """Refresh as above, and return how many cards there are.

        known: the issue as somebody has just seen it; counts when Sentry does not tell.
        """
        cards = await self._store.cards(organization_id, issue_id, self.clock() - KEPT_TRUE)
        if not cards:
            return 0
        organization = await self._organization(organization_id)
        now = await self._now(organization, issue_id)
        issue = now or known
        if issue is None and notice is None:
            return len(cards)
        if now is not None:
            await self.get_ready(organization, now)
        await self._change(cards, issue, notice)
        return len(cards)

    async def _change(self, cards: Sequence[StoredCard], issue: Issue | None, notice: Progress | None) -> None:
        def changed(text: str) -> str:
            return text if issue is None else issue_facts.written(issue_facts.as_it_is(issue_facts.read(text), issue))

        await self._store.change([(card.id, changed) for card in cards], written(notice), self.clock())
        self._wake()

    async def _now(self, organization: StoredOrganization, issue_id: str) -> Issue | None:
        try:
            return await self._organizations.issue(organization, issue_id)
        except SentryError as error:
            log.warning("card not refreshed from Sentry", organization=organization.slug, why=str(error))
            return None

    async def paint(self) -> int:
        """Update the cards that stand in Teams as they no longer are; returns how many were looked at."""
        now = self.clock()
        cards = await self._store.stale(now, AT_ONCE)
        known: dict[int, StoredOrganization | None] = {}
        for card in cards:
            if card.organization_id not in known:
                known[card.organization_id] = await self._organizations.find(card.organization_id)
            organization = known[card.organization_id]
            if organization is not None:
                await self._paint(card, organization, now)
        if cards:
            self._carry()
        return len(cards)

    async def _paint(self, card: StoredCard, organization: StoredOrganization, now: datetime) -> None:
        after = now + PAINTED_EVERY
        try:
            activity = painted(card, organization, self.controls_for)
        except ValueError as error:
            log.warning("a card cannot be read", card=card.id, error=str(error))
            await self._store.painted(card, card.painted, after, None)
            return
        mark = mark_of(activity)
        metrics.cards("painted", int(mark != card.painted))
        update = NewDelivery(
            key=f"card:{card.id}:{card.revision}",
            to=card.to,
            activity=activity,
            method=Method.UPDATE,
            activity_id=card.activity_id,
            purpose="card update",
            installation_id=card.installation_id,
        )
        await self._store.painted(card, mark, after, None if mark == card.painted else update)

    async def _organization(self, organization_id: int) -> StoredOrganization:
        organization = await self._organizations.find(organization_id)
        if organization is None:
            raise NoOrganization(str(organization_id))
        return organization
