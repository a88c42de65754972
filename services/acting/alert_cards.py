"""The cards of alerts, as acting sees them: they follow their issue by themselves, once they are told to look."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from issue_model import IssueFacts
from services.alerts import facts as issue_facts
from services.alerts.issue_cards import KEPT_TRUE, IssueCards, NoOrganization
from services.alerts.painting import Progress
from store import AlertStore, StoredCard

log = structlog.get_logger(__name__)


class AlertCards:
    """Knows what the cards of alerts show, and lets them show how an issue is now."""

    def __init__(
        self, store: AlertStore, cards: IssueCards, clock: Callable[[], datetime], kept: timedelta = KEPT_TRUE
    ) -> None:
        self._store = store
        self._cards = cards
        self._clock = clock
        self._kept = kept

    async def facts(self, organization_id: int, issue_id: str) -> IssueFacts | None:
        """Return what the newest card of the issue shows; None if there is none."""
        for card in reversed(await self._of(organization_id, issue_id)):
            try:
                return issue_facts.read(card.facts)
            except ValueError as error:
                log.warning("a card cannot be read", card=card.id, error=str(error))
        return None

    async def follow(
        self, organization_id: int, issue_id: str, activity_id: str, progress: Progress | None = None
    ) -> bool:
        """Let all cards of the issue show how it is now; return whether the card `activity_id` is one of them.

        progress: what they say besides, until the next change.
        """
        standing = {card.activity_id for card in await self._of(organization_id, issue_id)}
        try:
            await self._cards.refresh(organization_id, issue_id, notice=progress)
        except NoOrganization:
            return False
        return activity_id in standing

    async def _of(self, organization_id: int, issue_id: str) -> list[StoredCard]:
        cards = await self._store.cards(organization_id, issue_id, self._clock() - self._kept)
        return sorted(cards, key=lambda card: card.opened_at)
