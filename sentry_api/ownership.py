"""The check of a setup: whether the token belongs to an integration whose webhooks come to us."""

from dataclasses import dataclass
from enum import StrEnum

from sentry_api.access import Access
from sentry_api.errors import MissingPermission, NotFound
from sentry_api.integrations import Integration, IntegrationInstallation, Integrations


class Verdict(StrEnum):
    """What Sentry's answers add up to. For a person's token, which belongs to none, OURS means: is installed here."""

    OURS = "ours"  # the token belongs to the integration, and its webhooks come to us
    PROBABLY = "probably"  # an integration sends its webhooks to us; Sentry does not tell whether the token is its own
    ELSEWHERE = "elsewhere"  # no integration of the organization sends its webhooks to us
    UNKNOWN = "unknown"  # this token may not look


@dataclass(frozen=True, slots=True)
class Ownership:
    """The verdict, the integration that it is about (OURS, PROBABLY), and its installation if it is known."""

    verdict: Verdict
    integration: Integration | None = None
    installation_id: str = ""
    others: tuple[Integration, ...] = ()


async def find_ours(integrations: Integrations, access: Access, webhook_url: str) -> Ownership:
    """Ask Sentry whose webhooks come to `webhook_url`; raises SentryError but for what this token may not see.

    With an integration's token Sentry hides the list of installations, so that the verdict is PROBABLY and the
    installation unknown: the first webhook whose signature the client secret explains names it, and
    `Integrations.installation` with the same token then proves it (OURS).
    """
    try:
        found = [integration async for integration in integrations.each(access)]
    except (MissingPermission, NotFound):
        return Ownership(Verdict.UNKNOWN)
    ours = next((integration for integration in found if _same(integration.webhook_url, webhook_url)), None)
    if ours is None:
        return Ownership(Verdict.ELSEWHERE, others=tuple(found))
    installation = await _installation_of(integrations, access, ours)
    if installation is None:
        return Ownership(Verdict.PROBABLY, ours)
    return Ownership(Verdict.OURS, ours, installation.id)


async def _installation_of(
    integrations: Integrations, access: Access, integration: Integration
) -> IntegrationInstallation | None:
    try:
        return await _visible_installation(integrations, access, integration)
    except (MissingPermission, NotFound):
        return None


async def _visible_installation(
    integrations: Integrations, access: Access, integration: Integration
) -> IntegrationInstallation | None:
    async for installation in integrations.installations(access):
        if installation.integration_slug == integration.slug:
            return await integrations.installation(access, installation.id)
    return None


def _same(theirs: str, ours: str) -> bool:
    return bool(theirs) and theirs.rstrip("/") == ours.rstrip("/")
