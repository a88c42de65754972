"""Which of Sentry's integrations is ours: their list, their installations, and which of them a token belongs to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sentry_api.access import Access, path_part
from sentry_api.addresses import address
from sentry_api.caller import Caller
from sentry_api.errors import SentryAnswer
from sentry_api.paging import Pages
from sentry_api.values import items, key, line, mapping
from sentry_api.wire import Ask


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration that the organization made for itself ("internal") or owns. `events`: the webhooks it gets."""

    id: str
    slug: str
    name: str
    status: str
    webhook_url: str
    events: frozenset[str]
    scopes: frozenset[str]
    alertable: bool


@dataclass(frozen=True, slots=True)
class IntegrationInstallation:
    """An integration in an organization. `id` is what webhooks name as their installation."""

    id: str
    integration_id: str
    integration_slug: str
    organization: str
    status: str


def integration_from(data: Any) -> Integration | None:
    """Build an integration; None when it is none."""
    found = mapping(data)
    slug = key(found.get("slug"))
    if not slug:
        return None
    return Integration(
        id=key(found.get("uuid")),
        slug=slug,
        name=line(found.get("name"), 200) or slug,
        status=line(found.get("status"), 40),
        webhook_url=address(found.get("webhookUrl")),
        events=_names(found.get("events")),
        scopes=_names(found.get("scopes")),
        alertable=found.get("isAlertable") is True,
    )


def installation_from(data: Any) -> IntegrationInstallation | None:
    """Build an installation; None when it is none."""
    found, app = mapping(data), mapping(mapping(data).get("app"))
    installation = key(found.get("uuid"))
    if not installation:
        return None
    organization = key(mapping(found.get("organization")).get("slug"))
    status = line(found.get("status"), 40)
    return IntegrationInstallation(installation, key(app.get("uuid")), key(app.get("slug")), organization, status)


class Integrations:
    """The integrations of an organization. What each call can tell depends on whose token asks: see there."""

    def __init__(self, caller: Caller, pages: Pages) -> None:
        self._caller = caller
        self._pages = pages

    def each(self, access: Access, *, most: int = 200) -> AsyncIterator[Integration]:
        """Yield the integrations that the organization owns, with their webhook addresses; needs org:read.

        Works with an integration's own token. Tells which integrations there are and where their webhooks go, not
        which of them the token belongs to. (Described in Sentry's API reference.)
        """
        return self._pages.each(access, access.path("sentry-apps"), integration_from, most=most)

    def installations(self, access: Access, *, most: int = 200) -> AsyncIterator[IntegrationInstallation]:
        """Yield all integrations installed in the organization; needs org:read or org:integrations.

        Tells their ids and slugs; neither where their webhooks go nor which of them the token belongs to. Sentry
        answers members of the organization only: an integration's own token gets NotFound or MissingPermission
        (getsentry/sentry#60072), a person's token works.
        """
        return self._pages.each(access, access.path("sentry-app-installations"), installation_from, most=most)

    async def installation(self, access: Access, installation_id: str) -> IntegrationInstallation:
        """Return the installation with this id (from a webhook, or from `installations`).

        With an integration's token this is the proof that the token belongs to it: Sentry shows an integration only
        its own installations and raises MissingPermission for others. A person's token sees all of the organization.
        (Sentry's reference describes changing this resource, not reading it.)
        """
        path = f"/api/0/sentry-app-installations/{path_part(installation_id)}/"
        reply = await self._caller.call(access.sentry_url, Ask("GET", path, access.token), access.organization)
        found = installation_from(reply.data)
        if found is None:
            raise SentryAnswer(reply.status, "the answer describes no installation")
        return found


def _names(data: Any) -> frozenset[str]:
    return frozenset(name for name in (line(item, 60) for item in items(data)) if name)
