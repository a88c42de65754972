"""A door for webhooks, as a bot has one: verifies and parses what comes in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.sentry import Sentry
from sentry_api.webhook_events import WebhookEvent
from sentry_api.webhooks import APP_SIGNATURE_HEADER, RESOURCE_HEADER, SIGNATURE_HEADER, parse, verify_signature


@dataclass
class Door:
    """What came in; `queries` are the questions of the rule editor."""

    secret: str
    url: str = ""
    events: list[WebhookEvent] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    queries: list[Mapping[str, str]] = field(default_factory=list)

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not verify_signature(self.secret, body, request.headers.get(SIGNATURE_HEADER)):
            return web.Response(status=401)
        self.bodies.append(body)
        self.headers.append(request.headers.copy())
        self.events.append(parse(request.headers[RESOURCE_HEADER], body))
        return web.Response(status=202)

    async def action(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not verify_signature(self.secret, body, request.headers.get(APP_SIGNATURE_HEADER)):
            return web.json_response({"message": "wrong signature"}, status=401)
        self.queries.append(dict(request.query))
        self.bodies.append(body)
        return web.json_response([{"label": "General", "value": "19:abc@thread.tacv2"}])


@asynccontextmanager
async def door_for(sentry: Sentry) -> AsyncIterator[Door]:
    """Open a door and tell Sentry's integration where it is."""
    door = Door(sentry.app.client_secret)
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.add_routes(
        [web.post("/sentry/webhook", door.webhook), web.route("*", "/sentry/alert-rule{rest:.*}", door.action)]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = sentry.app.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/sentry/webhook"
    try:
        yield door
    finally:
        await runner.cleanup()
