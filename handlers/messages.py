"""POST /api/messages: the door that Teams knocks on."""

from aiohttp import web
from botbuilder.core import Bot

from adapter.cloud_adapter import TeamsAdapter

ADAPTER: web.AppKey[TeamsAdapter] = web.AppKey("adapter", TeamsAdapter)
BOT: web.AppKey[Bot] = web.AppKey("bot", object)


async def messages(request: web.Request) -> web.StreamResponse:
    """Run one turn; raises Refused, and whatever the turn raises."""
    response: web.StreamResponse = await request.app[ADAPTER].process(request, request.app[BOT])
    return response


def add_routes(app: web.Application) -> None:
    """Add the route; every method reaches the gate, which says what is wrong with it."""
    app.router.add_route("*", "/api/messages", messages)
