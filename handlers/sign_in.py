"""GET /sign-in/start, /sign-in/callback, /setup/sign-in: a person tells, by way of Sentry, who they are there."""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from handlers.html import HEADERS, page
from handlers.keys import ACTING, PAGE_FACTS, SETUP_SIGN_IN
from handlers.setup_texts import LINK_ERRORS, STORE_AWAY, Notice, dead_link_shown
from sentry_api import SentryError, SignInRefused
from services.acting.reasons import reason
from services.acting.setup_sign_in import WAITING
from services.acting.sign_ins import LIFETIME, SignInDead
from store import StoreUnavailable
from texts import gettext as _
from texts import marked

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COOKIE = "sign_in"
_DEAD = Notice(
    HTTPStatus.GONE,
    marked("This sign-in has ended"),
    marked(
        "It works once, for 15 minutes, and in the browser in which it was opened. "
        "Go back to Teams and press the button again, or send the bot “link”."
    ),
)
_DENIED = Notice(
    HTTPStatus.OK,
    marked("Nothing was linked"),
    marked("You did not allow it in Sentry. If you change your mind, open the link in Teams again."),
)


async def start(request: web.Request) -> web.Response:
    """Show who asked for this sign-in, and the way on to Sentry. Looking at it changes nothing.

    The name matters: who signs in here lends their account in Sentry to that person in Teams.
    """
    sign_ins = request.app[ACTING].sign_ins
    started = await sign_ins.start(request.query.get("request", ""), request.cookies.get(COOKIE, ""))
    response = _page("sign_in.html", sign_in=started.sign_in, address=started.address)
    _set_cookie(request, response, started.cookie)
    return response


async def callback(request: web.Request) -> web.Response:
    """Finish what `start` began, with what Sentry sends back."""
    query, feature = request.query, request.app[ACTING]
    if query.get("error"):
        log.info("sign_in.denied", error=query["error"][:50])
        return _notice(_DENIED)
    granted = await feature.sign_ins.finish(
        query.get("state", ""), request.cookies.get(COOKIE, ""), query.get("code", "")
    )
    if WAITING in granted.sign_in.waiting:
        return _page("setup_choices.html", found=await request.app[SETUP_SIGN_IN].choices(granted))
    signed_in = await feature.resuming.finish(granted)
    return _page("signed_in.html", signed_in=signed_in)


async def from_setup(request: web.Request) -> web.Response:
    """Send a browser from the setup page to Sentry, to come back with a choice of organizations."""
    signed, sentry_url = request.query.get("signed_params", ""), request.query.get("sentry_url", "")
    started = await request.app[SETUP_SIGN_IN].begin(signed, sentry_url, request.cookies.get(COOKIE, ""))
    onward = web.Response(status=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": started.address})
    _set_cookie(request, onward, started.cookie)
    return onward


def add_routes(app: web.Application) -> None:
    """Add the routes; the application must hold ACTING, SETUP_SIGN_IN and PAGE_FACTS when they are called."""
    app.router.add_get("/sign-in/start", _with_pages(start))
    app.router.add_get("/sign-in/callback", _with_pages(callback))
    app.router.add_get("/setup/sign-in", _with_pages(from_setup))


def _set_cookie(request: web.Request, response: web.Response, cookie: str) -> None:
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        secure=request.app[PAGE_FACTS].public_url.startswith("https://"),
        # Sentry sends the browser back here from another site.
        samesite="Lax",
    )


def _with_pages(handler: Handler) -> Handler:
    """Wrap a handler: whatever stands in the way becomes a page that says what happened and what to do."""

    @wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (SignInDead, SignInRefused) as error:
            log.info("sign_in.dead", reason=type(error).__name__)
            return _notice(_DEAD)
        except LINK_ERRORS as error:
            log.info("sign_in.dead_link", reason=type(error).__name__)
            return _notice(dead_link_shown(error))
        except SentryError as error:
            log.warning("sign_in.sentry", kind=type(error).__name__, reason=str(error))
            return _notice(Notice(HTTPStatus.BAD_GATEWAY, _("Sentry did not finish the sign-in"), _(reason(error)[0])))
        except StoreUnavailable as error:
            log.warning("sign_in.store_unavailable", reason=str(error))
            return _notice(STORE_AWAY)

    return wrapped


def _notice(notice: Notice) -> web.Response:
    return _page("notice.html", notice.status, notice=notice.said())


def _page(template: str, status: int = HTTPStatus.OK, **facts: Any) -> web.Response:
    # Addresses on the pages are relative, for a bot that is served below a path; these pages are one level down.
    return page(template, status, root="../", **facts)
