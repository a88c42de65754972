"""What alerts ask of Sentry itself: an issue as it is. A token that Sentry refuses is told in Teams, once."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from cards import build_broken_connection_card
from sentry_api import Access, Issue, SentryApi, SentryError, SentrySlow, WrongToken
from services.delivery import Delivery
from store import AlertStore, NewDelivery, StoredOrganization

log = structlog.get_logger(__name__)
PATIENCE = 4.0
"""Seconds that a card waits for what Sentry says of its issue; then it comes without that."""


class Organizations:
    """Organizations and their issues."""

    def __init__(self, store: AlertStore, sentry: SentryApi, delivery: Delivery, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sentry = sentry
        self._delivery = delivery
        self._clock = clock

    async def find(self, organization_id: int) -> StoredOrganization | None:
        """Return the organization; None if no place is connected to it any more."""
        return await self._store.organization(organization_id)

    async def issue(self, organization: StoredOrganization, issue_id: str) -> Issue:
        """Return the issue as it is now; raises SentryError. A refused token is told in Teams, once."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._sentry.issues.get(access_of(organization), issue_id)
        except TimeoutError:
            raise SentrySlow(f"no answer within {PATIENCE:.0f} s") from None
        except WrongToken as error:
            await self.broken(organization, error.detail)
            raise

    async def issue_if_told(self, organization: StoredOrganization, issue_id: str) -> Issue | None:
        """Return the issue as it is now; None when Sentry does not tell."""
        if organization.broken_at is not None or not issue_id:
            return None
        try:
            return await self.issue(organization, issue_id)
        except SentryError as error:
            log.warning("Sentry does not tell", organization=organization.slug, issue=issue_id, why=_why(error))
            return None

    async def owns(self, organization: StoredOrganization, installation: str) -> bool:
        """Tell whether an installation of an integration belongs to the organization; raises SentryError."""
        found = await self._sentry.integrations.installation(access_of(organization), installation)
        return found.organization in {"", organization.slug}

    async def broken(self, organization: StoredOrganization, reason: str) -> None:
        """Tell every place, once, that Sentry refuses the organization's token."""
        if organization.broken_at is not None:
            return
        for listener in await self._store.listeners(organization.id):
            card = build_broken_connection_card(organization.name, organization.sentry_url, reason)
            await self._delivery.deliver(
                NewDelivery(
                    key=f"broken:{organization.id}:{organization.updated_at.isoformat()}:{listener.installation_id}",
                    to=listener.conversation,
                    activity=card,
                    purpose="broken connection",
                    installation_id=listener.installation_id,
                )
            )
        await self._store.mark_broken(organization.id, self._clock())
        log.warning("Sentry refuses a token", organization=organization.slug, reason=reason)


def access_of(organization: StoredOrganization) -> Access:
    """Return what calls to Sentry about the organization need."""
    return Access(organization.sentry_url, organization.slug, organization.token)


def _why(error: SentryError) -> str:
    return f"{type(error).__name__} {error}".strip()[:200]
