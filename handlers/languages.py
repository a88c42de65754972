"""Who is spoken to in which language."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from aiohttp import web

from handlers.facts import locale_of
from texts import accepted, speaking

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Turn = Callable[[Any, Any], Awaitable[None]]


@web.middleware
async def languages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show pages in the language that the browser asks for; an activity brings its own."""
    languages_liked = request.headers.get("Accept-Language")
    if languages_liked is None:
        return await handler(request)
    with speaking(accepted(languages_liked)):
        return await handler(request)


def in_their_language(turn: Turn) -> Turn:
    """Let a bot's on_turn speak the language of whom the activity is from."""

    @wraps(turn)
    async def spoken(bot: Any, turn_context: Any) -> None:
        with speaking(locale_of(turn_context.activity.raw)):
            await turn(bot, turn_context)

    return spoken
