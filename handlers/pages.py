"""GET / (what this is), GET /privacy, GET /terms, GET /healthz, and the pages' style sheet."""

import asyncio

from aiohttp import web

from handlers import assets
from handlers.html import page
from handlers.keys import INSTANCE, PAGE_FACTS
from services.instance import NONCE


async def home(request: web.Request) -> web.Response:
    """Say what this is, in which mode it runs, and in local mode what to do next."""
    return page("home.html", facts=request.app[PAGE_FACTS])


async def privacy(request: web.Request) -> web.Response:
    """Say what is kept, where and for how long."""
    return page("privacy.html", facts=request.app[PAGE_FACTS])


async def terms(request: web.Request) -> web.Response:
    """Say what people who use the bot agree to."""
    return page("terms.html", facts=request.app[PAGE_FACTS])


async def healthz(request: web.Request) -> web.Response:
    """Say that the process serves; the store and Microsoft's side are not asked.

    ?nonce=<32 to 64 hexadecimal digits> is answered with a proof of which bot this is (services/instance.py).
    """
    body = {"status": "ok"}
    nonce = request.query.get("nonce", "")
    if NONCE.fullmatch(nonce):
        body["proof"] = await asyncio.to_thread(request.app[INSTANCE].answer, nonce)
    return web.json_response(body, headers={"Cache-Control": "no-store"})


def add_routes(app: web.Application) -> None:
    """Add the routes; the application must hold PAGE_FACTS and INSTANCE when they are called."""
    app.router.add_get("/", home)
    app.router.add_get("/privacy", privacy)
    app.router.add_get("/terms", terms)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/static/{name}", assets.serve)
