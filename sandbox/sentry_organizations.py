"""Sentry's operations on organizations."""

from aiohttp import web

from sandbox.sentry_model import Organization, SentryState
from sandbox.sentry_operation import Operation

# As in Sentry's own OpenAPI description: any one of these is enough.
READ = frozenset({"org:read", "org:write", "org:admin"})


async def retrieve(_: web.Request, state: SentryState, organization: Organization) -> web.Response:
    """GET /api/0/organizations/{slug}/."""
    return web.json_response(_shown(organization, state.url))


def _shown(organization: Organization, url: str) -> dict[str, object]:
    return {
        "id": organization.id,
        "slug": organization.slug,
        "name": organization.name,
        "status": {"id": organization.status, "name": organization.status},
        "dateCreated": "2018-11-06T21:19:55.101Z",
        "isEarlyAdopter": False,
        "require2FA": False,
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
        "links": {"organizationUrl": f"{url}/organizations/{organization.slug}", "regionUrl": url},
        "hasAuthProvider": False,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": True,
        "allowSuperuserAccess": False,
    }


OPERATIONS = (Operation("GET", "/api/0/organizations/{organization}/", READ, retrieve),)
