"""Finishing a setup: the place that a signed link names is tied to the Sentry organization that a person gives."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from adapter.errors import ConnectorError
from cards import build_confirmation_card, build_finished_welcome_card
from model import ConversationReference, Installation
from sentry_api import (
    MissingPermission,
    Organization,
    SentryAnswer,
    SentryApi,
    SentryError,
    SentryNotListed,
    SentrySlow,
    SentryUnreachable,
    UnknownOrganization,
    WrongToken,
)
from services.setup_form import SetupForm, SetupRequest, read_form
from services.setup_links import Clock, SetupLinks, SetupParameters, place_of
from services.setup_problems import LinkReplaced, LinkUnknown, LinkUsed, ProblemKind, SetupProblem
from store import OrganizationAccess, Store

log = structlog.get_logger(__name__)

_TOO_MANY_REQUESTS = 429
_KINDS: Mapping[type[SentryError], ProblemKind] = {
    WrongToken: ProblemKind.WRONG_TOKEN,
    MissingPermission: ProblemKind.MISSING_PERMISSION,
    UnknownOrganization: ProblemKind.UNKNOWN_ORGANIZATION,
    SentryUnreachable: ProblemKind.SENTRY_UNREACHABLE,
    SentrySlow: ProblemKind.SENTRY_SLOW,
    SentryNotListed: ProblemKind.UNKNOWN_SENTRY,
}


class Poster(Protocol):
    """The part of the connector that a setup needs; gives up in time, with a ConnectorError."""

    async def send(self, to: ConversationReference, activity: Mapping[str, object]) -> str:
        """Post an activity and return its id."""

    async def update(self, to: ConversationReference, activity_id: str, activity: Mapping[str, object]) -> None:
        """Put another activity in the place of an earlier one."""


@dataclass(frozen=True, slots=True)
class PendingSetup:
    """A link that works, and the installation that it would connect."""

    parameters: SetupParameters
    installation: Installation


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished setup. `announced`: the confirmation stands in Teams."""

    installation: Installation
    organization: Organization
    announced: bool


class Setup:
    """The setup page's rules; whatever is refused is raised, and leaves the link as it was."""

    def __init__(
        self,
        store: Store,
        links: SetupLinks,
        sentry: SentryApi,
        connector: Poster,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._links = links
        self._sentry = sentry
        self._connector = connector
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
        installation = await self._connect(signed, pending, request, organization)
        announced = await self._announce(installation, organization, request.connected_by)
        return Finished(installation, organization, announced)

    async def _ask_sentry(self, request: SetupRequest) -> Organization:
        try:
            return await self._sentry.organization(request.sentry_url, request.slug, request.token)
        except SentryError as error:
            raise SetupProblem(_kind_of(error), str(error)) from error

    async def _connect(
        self, signed: str, pending: PendingSetup, request: SetupRequest, organization: Organization
    ) -> Installation:
        access = OrganizationAccess(request.sentry_url, organization.slug, organization.name, request.token)
        installation = await self._store.connect(
            pending.installation.id, pending.parameters.nonce, access, request.connected_by, self._clock()
        )
        if installation is not None:
            return installation
        # Somebody was faster (a double click, a removal): looking again says who, by raising.
        await self.look(signed)
        raise LinkReplaced

    async def _announce(self, installation: Installation, organization: Organization, connected_by: str) -> bool:
        """Tell Teams. The place is connected already, so that a failure here is logged and told, never raised."""
        confirmation = build_confirmation_card(
            organization.name, organization.url, installation.name, connected_by, installation.place.kind
        )
        posted, _ = await asyncio.gather(
            _told("confirmation", installation, self._connector.send(installation.conversation, confirmation)),
            self._finish_welcome(installation, organization),
        )
        return posted

    async def _finish_welcome(self, installation: Installation, organization: Organization) -> None:
        activity_id = installation.welcome_activity_id
        if activity_id is None:
            return
        card = build_finished_welcome_card(installation.place.kind, installation.name, organization.name)
        await _told("welcome", installation, self._connector.update(installation.conversation, activity_id, card))


async def _told(what: str, installation: Installation, call: Awaitable[object]) -> bool:
    try:
        await call
    except ConnectorError as error:
        log.warning("setup.not_announced", what=what, installation=installation.id, reason=str(error))
        return False
    return True


def _kind_of(error: SentryError) -> ProblemKind:
    if isinstance(error, SentryAnswer) and error.status == _TOO_MANY_REQUESTS:
        return ProblemKind.SENTRY_BUSY
    return _KINDS.get(type(error), ProblemKind.SENTRY_ANSWER)


def _no_longer_valid(parameters: SetupParameters, installation: Installation) -> LinkUsed | LinkReplaced:
    used = installation.used_nonce == parameters.nonce
    return LinkUsed(installation.connection) if used else LinkReplaced()
