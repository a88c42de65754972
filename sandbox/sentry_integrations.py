"""Sentry's operations on integrations and their installations."""

from aiohttp import web

from sandbox.sentry_operation import Call, Operation
from sandbox.sentry_organizations import READ
from sandbox.sentry_paging import page
from sandbox.sentry_records import App
from sandbox.sentry_refusals import missing, no_permission

ANY = READ | {"org:integrations"}


async def apps(call: Call) -> web.Response:
    """GET …/sentry-apps/: what the organization owns."""
    return page(call.request, [app_json(app) for app in call.tenant.apps])


async def installations(call: Call) -> web.Response:
    """GET …/sentry-app-installations/: for members of the organization; an integration is none."""
    if call.token.user is None:
        raise missing("Could not find requested organization")
    return page(call.request, [installation_json(app) for app in call.tenant.apps])


async def installation(call: Call) -> web.Response:
    """GET /api/0/sentry-app-installations/{uuid}/: an integration sees its own."""
    found = [
        app for tenant in call.state.tenants.values() for app in tenant.apps if app.installation == call.part("uuid")
    ]
    if not found:
        raise missing("Could not find given sentry app installation")
    app = found[0]
    if app is not call.token.app if call.token.user is None else app.organization not in call.token.organizations:
        raise no_permission()
    return web.json_response(installation_json(app))


def app_json(app: App) -> dict[str, object]:
    """An integration as those see it who do not own its secret."""
    return {
        "uuid": app.uuid,
        "slug": app.slug,
        "name": app.name,
        "status": "internal",
        "webhookUrl": app.webhook_url or None,
        "events": list(app.events),
        "scopes": sorted(app.scopes),
        "isAlertable": True,
        "verifyInstall": False,
        "schema": {},
    }


def installation_json(app: App) -> dict[str, object]:
    """An installation."""
    about = {"uuid": app.uuid, "slug": app.slug, "sentryAppId": app.number}
    return {"app": about, "organization": {"slug": app.organization}, "uuid": app.installation, "status": "installed"}


_ORGANIZATION = "/api/0/organizations/{organization}/"
OPERATIONS = (
    Operation("GET", f"{_ORGANIZATION}sentry-apps/", READ, apps),
    Operation("GET", f"{_ORGANIZATION}sentry-app-installations/", ANY, installations),
    Operation("GET", "/api/0/sentry-app-installations/{uuid}/", ANY, installation),
)
