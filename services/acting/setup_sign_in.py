"""Choosing an organization on the setup page by signing in with Sentry, instead of typing its slug.

The token of the integration has to be pasted all the same: Sentry shows it on its own pages only.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from sentry_api import (
    Access,
    MissingPermission,
    NotFound,
    Organization,
    Ownership,
    SentryApi,
    SentryError,
    Verdict,
    find_ours,
)
from services.acting.people import Person
from services.acting.sign_ins import Granted, SignIns, Started
from services.setup import PendingSetup, Setup

log = structlog.get_logger(__name__)
SCOPES = ("org:read", "org:integrations", "openid")
WAITING = "setup"
_MOST = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """An organization in which the person may manage integrations. `integration`: the bot's there, "" for none yet."""

    organization: Organization
    integration: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person can choose from, for the setup that `signed` names."""

    signed: str
    pending: PendingSetup
    sentry_url: str
    choices: tuple[Choice, ...]


class SetupSignIn:
    """Begins a sign-in from a setup link, and shows what came of it; nothing of the grant is kept."""

    def __init__(self, setup: Setup, sign_ins: SignIns, sentry: SentryApi, webhook_url: str) -> None:
        self._setup = setup
        self._sign_ins = sign_ins
        self._sentry = sentry
        self._webhook_url = webhook_url

    @property
    def sentry_urls(self) -> Sequence[str]:
        """Where people can sign in."""
        return [url for url in self._sentry.allowed if self._sign_ins.possible(url)]

    async def begin(self, signed: str, sentry_url: str, cookie: str) -> Started:
        """Return where the browser goes; raises what `Setup.look` raises, and SignInDead."""
        pending = await self._setup.look(signed)
        parameters = pending.parameters
        person = Person(parameters.tenant_id, f"setup {parameters.user_id}", "", "")
        request = await self._sign_ins.begin(person, sentry_url, {WAITING: signed}, SCOPES)
        return await self._sign_ins.start(request, cookie)

    async def choices(self, granted: Granted) -> Choices:
        """Return where the person may manage integrations, and forget the grant; raises as `begin`, SentryError."""
        signed, sentry_url = str(granted.sign_in.waiting[WAITING]), granted.sign_in.person.sentry_url
        try:
            pending = await self._setup.look(signed)
            found = await self._manageable(sentry_url, granted.grant.access_token)
        finally:
            await self._sign_ins.give_back(granted)
        return Choices(signed, pending, sentry_url, tuple(found))

    async def _manageable(self, sentry_url: str, token: str) -> list[Choice]:
        mine = await self._sentry.organizations(sentry_url, token, most=_MOST)
        asked = await asyncio.gather(*(self._choice(sentry_url, each.slug, token) for each in mine))
        return [choice for choice in asked if choice is not None]

    async def _choice(self, sentry_url: str, slug: str, token: str) -> Choice | None:
        try:
            organization = await self._sentry.organization(sentry_url, slug, token)
            if not organization.may_manage_integrations:
                return None
            ours = await find_ours(self._sentry.integrations, Access(sentry_url, slug, token), self._webhook_url)
        except (MissingPermission, NotFound):
            return None
        except SentryError as error:
            log.warning("organization not shown", slug=slug, error=str(error))
            return None
        return Choice(organization, _name(ours))


def _name(ours: Ownership) -> str:
    integration = ours.integration if ours.verdict in {Verdict.OURS, Verdict.PROBABLY} else None
    return integration.name if integration else ""
