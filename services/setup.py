"""Finishing a setup: the place that a signed link names is tied to the Sentry organization that a person gives."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog

from adapter.errors import ConnectorError
from cards import build_confirmation_card, build_finished_welcome_card
from model import Installation
from sentry_api import (
    Access,
    MissingPermission,
    Organization,
    Ownership,
    SentryApi,
    SentryBusy,
    SentryError,
    SentryNotListed,
    SentryResting,
    SentrySlow,
    SentryUnreachable,
    UnknownOrganization,
    Verdict,
    WrongToken,
    find_ours,
)
from services.delivery import Delivery
from services.setup_form import SetupForm, SetupRequest, read_form
from services.setup_links import Clock, SetupLinks, SetupParameters, place_of
from services.setup_problems import LinkReplaced, LinkUnknown, LinkUsed, ProblemKind, SetupProblem
from store import Method, NewDelivery, OrganizationAccess, Store, StoreUnavailable

log = structlog.get_logger(__name__)

# Longer than posting at once may take: until then nobody else posts what this process is about to post.
IN_CASE_WE_DIE = timedelta(seconds=15)
_KINDS: Mapping[type[SentryError], ProblemKind] = {
    WrongToken: ProblemKind.WRONG_TOKEN,
    MissingPermission: ProblemKind.MISSING_PERMISSION,
    UnknownOrganization: ProblemKind.UNKNOWN_ORGANIZATION,
    SentryUnreachable: ProblemKind.SENTRY_UNREACHABLE,
    SentrySlow: ProblemKind.SENTRY_SLOW,
    SentryNotListed: ProblemKind.UNKNOWN_SENTRY,
}


class Announced(StrEnum):
    """Whether Teams was told of a finished setup."""

    POSTED = "posted"
    LATER = "later"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PendingSetup:
    """A link that works, and the installation that it would connect."""

    parameters: SetupParameters
    installation: Installation


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished setup. `announced`: whether the confirmation stands in Teams."""

    installation: Installation
    organization: Organization
    announced: Announced


class Setup:
    """The setup page's rules; whatever is refused is raised, and leaves the link as it was."""

    def __init__(
        self,
        store: Store,
        links: SetupLinks,
        sentry: SentryApi,
        delivery: Delivery,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._links = links
        self._sentry = sentry
        self._delivery = delivery
        self._clock = clock

    async def look(self, signed: str) -> PendingSetup:
        """Return what the link would connect; raises LinkExpired, LinkTampered, LinkUsed, LinkReplaced, LinkUnknown."""
        parameters = self._links.read(signed)
        installation = await self._store.find(place_of(parameters))
        if installation is None:
            raise LinkUnknown
        if installation.setup_nonce == parameters.nonce:
            return PendingSetup(parameters, installation)
        raise _no_longer_valid(parameters, installation)

    async def finish(self, signed: str, form: SetupForm) -> Finished:
        """Check the form with Sentry, connect the place, tell Teams; raises as `look` does, or SetupProblem."""
        pending = await self.look(signed)
        request = read_form(form, self._sentry.allowed)
        organization = await self._ask_sentry(request)
        await self._check_secret(pending.installation, request, organization)
        ownership = await self._check_integration(request)
        installation = await self._connect(signed, pending, request, organization, ownership.installation_id)
        await self._let_anybody_act(installation, request, allowed=form.anybody_may_act)
        announced = await self._announce(installation, organization, request.connected_by)
        return Finished(installation, organization, announced)

    async def _ask_sentry(self, request: SetupRequest) -> Organization:
        try:
            return await self._sentry.organization(request.sentry_url, request.slug, request.token)
        except SentryError as error:
            raise SetupProblem(_kind_of(error), str(error)) from error

    async def _check_secret(
        self, installation: Installation, request: SetupRequest, organization: Organization
    ) -> None:
        """Without its client secret nothing that the integration sends can be believed."""
        tenant = installation.place.tenant_id
        if not request.client_secret and not await self._store.alerts.has_secret(
            tenant, request.sentry_url, organization.slug
        ):
            raise SetupProblem(ProblemKind.MISSING_SECRET)

    async def _check_integration(self, request: SetupRequest) -> Ownership:
        """Ask Sentry which integration the token belongs to, and whether its webhooks come here."""
        access = Access(request.sentry_url, request.slug, request.token)
        try:
            ownership = await find_ours(self._sentry.integrations, access, self._links.webhook_url)
        except SentryError as error:
            raise SetupProblem(_kind_of(error), str(error)) from error
        if ownership.verdict is Verdict.ELSEWHERE:
            others = ", ".join(integration.slug for integration in ownership.others[:5])
            raise SetupProblem(ProblemKind.WEBHOOK_ELSEWHERE, f"integrations: {others}")
        return ownership

    async def _connect(
        self, signed: str, pending: PendingSetup, request: SetupRequest, organization: Organization, integration: str
    ) -> Installation:
        access = OrganizationAccess(
            request.sentry_url,
            organization.slug,
            organization.name,
            request.token,
            request.client_secret,
            integration,
        )
        installation = await self._store.connect(
            pending.installation.id,
            pending.parameters.nonce,
            access,
            request.connected_by,
            self._clock(),
            lambda connected: _news_of(connected, organization, request.connected_by, IN_CASE_WE_DIE),
        )
        if installation is not None:
            return installation
        # Somebody was faster (a double click, a removal): looking again says who, by raising.
        await self.look(signed)
        raise LinkReplaced

    async def _let_anybody_act(self, installation: Installation, request: SetupRequest, *, allowed: bool) -> None:
        for connection in installation.connections:
            if (connection.sentry_url, connection.organization_slug) == (request.sentry_url, request.slug):
                await self._store.identities.let_anybody_act(connection.id, allowed=allowed)

    async def _announce(self, installation: Installation, organization: Organization, connected_by: str) -> Announced:
        """Tell Teams. The place is connected already, so that a failure here is logged and told, never raised."""
        told = await asyncio.gather(*map(self._tell, _news_of(installation, organization, connected_by)))
        return told[0]

    async def _tell(self, news: NewDelivery) -> Announced:
        try:
            activity_id = await self._delivery.post_stored(news)
        except (ConnectorError, StoreUnavailable) as error:
            log.warning("setup.not_announced", what=news.purpose, installation=news.installation_id, reason=str(error))
            return Announced.FAILED
        return Announced.LATER if activity_id is None else Announced.POSTED


def _news_of(
    installation: Installation, organization: Organization, connected_by: str, delay: timedelta = timedelta(0)
) -> list[NewDelivery]:
    """Return what a finished setup posts: the confirmation, and the welcome card without its button."""
    kind, place = installation.place.kind, installation.name
    confirmation = build_confirmation_card(organization.name, organization.url, place, connected_by, kind)
    news = [_news(installation, "confirmation", confirmation, delay)]
    if installation.welcome_activity_id is not None:
        finished = build_finished_welcome_card(kind, place, organization.name)
        update = _news(installation, "finished welcome", finished, delay)
        news.append(replace(update, method=Method.UPDATE, activity_id=installation.welcome_activity_id))
    return news


def _news(installation: Installation, what: str, card: dict[str, Any], delay: timedelta) -> NewDelivery:
    return NewDelivery(
        key=f"setup:{installation.id}:{installation.used_nonce}:{what}",
        to=installation.conversation,
        activity=card,
        purpose=what,
        installation_id=installation.id,
        delay=delay,
    )


def _kind_of(error: SentryError) -> ProblemKind:
    if isinstance(error, SentryBusy | SentryResting):
        return ProblemKind.SENTRY_BUSY
    return _KINDS.get(type(error), ProblemKind.SENTRY_ANSWER)


def _no_longer_valid(parameters: SetupParameters, installation: Installation) -> LinkUsed | LinkReplaced:
    used = installation.used_nonce == parameters.nonce
    return LinkUsed(installation.connection) if used else LinkReplaced()
