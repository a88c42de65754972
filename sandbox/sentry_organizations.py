"""Sentry's operations on organizations."""

from aiohttp import web

from sandbox.sentry_operation import Call, Operation
from sandbox.sentry_paging import page
from sandbox.sentry_records import Organization

# As in Sentry's own OpenAPI description: any one of these is enough.
READ = frozenset({"org:read", "org:write", "org:admin"})


async def retrieve(call: Call) -> web.Response:
    """GET /api/0/organizations/{slug}/."""
    member = call.tenant.member_of(call.token.user) if call.token.user else None
    access = call.token.scopes & (member.scopes if member else call.token.scopes)
    return web.json_response({**shown(call.tenant.organization, call.state.url), "access": sorted(access)})


async def index(call: Call) -> web.Response:
    """GET /api/0/organizations/: those of the token's person; an integration's token has no person, hence none."""
    user, tenants = call.token.user, call.state.tenants.values()
    mine = [t for t in tenants if user and t.member_of(user) and t.organization.slug in call.token.organizations]
    return page(call.request, [shown(tenant.organization, call.state.url) for tenant in mine])


def shown(organization: Organization, url: str) -> dict[str, object]:
    """An organization as JSON."""
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


OPERATIONS = (
    Operation("GET", "/api/0/organizations/{organization}/", READ, retrieve),
    Operation("GET", "/api/0/organizations/", READ, index),
)
