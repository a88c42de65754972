"""POST /api/messages: the door that Teams knocks on."""

import structlog
from aiohttp import web
from botbuilder.core import Bot

import tracing
from adapter.cloud_adapter import TeamsAdapter
from adapter.refusals import Refused
from handlers import turns

ADAPTER: web.AppKey[TeamsAdapter] = web.AppKey("adapter", TeamsAdapter)
BOT: web.AppKey[Bot] = web.AppKey("bot", object)
log = structlog.get_logger(__name__)


async def messages(request: web.Request) -> web.StreamResponse:
    """Run one turn; one log line for each. Raises Refused, and whatever the turn raises: its line is written later."""
    with tracing.span("activity"):
        turn = turns.begin()
        try:
            response: web.StreamResponse = await request.app[ADAPTER].process(request, request.app[BOT])
        except Refused:
            raise
        except Exception as error:
            turn.outcome = turns.outcome_of(error)
            turn.end()
            raise
        turn.end()
        log.info("activity handled", outcome=turn.outcome)
        return response


def add_routes(app: web.Application) -> None:
    """Add the route; every method reaches the gate, which says what is wrong with it."""
    app.router.add_route("*", "/api/messages", messages)
