"""GET /sign-in/start and /sign-in/callback: a person tells, by way of Sentry, who they are there."""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus

import structlog
from aiohttp import web

from handlers.html import page
from handlers.keys import ACTING, PAGE_FACTS
from handlers.setup_texts import STORE_AWAY, Notice
from sentry_api import SentryError, SignInRefused
from services.acting.reasons import reason
from services.acting.sign_ins import LIFETIME, SignInDead
from store import StoreUnavailable

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COOKIE = "sign_in"
_DEAD = Notice(
    HTTPStatus.GONE,
    "This sign-in has ended",
    "It works once, for 15 minutes, and in the browser in which it was opened. "
    "Go back to Teams and press the button again, or send the bot “link”.",
)
_DENIED = Notice(
    HTTPStatus.OK,
    "Nothing was linked",
    "You did not allow it in Sentry. If you change your mind, open the link in Teams again.",
)


async def start(request: web.Request) -> web.Response:
    """Show who asked for this sign-in, and the way on to Sentry. Looking at it changes nothing.

    The name matters: who signs in here lends their account in Sentry to that person in Teams.
    """
    sign_ins = request.app[ACTING].sign_ins
    started = await sign_ins.start(request.query.get("request", ""), request.cookies.get(COOKIE, ""))
    response = page("sign_in.html", sign_in=started.sign_in, address=started.address)
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
    signed_in = await feature.resuming.finish(granted)
    return page("signed_in.html", signed_in=signed_in)


def add_routes(app: web.Application) -> None:
    """Add the routes; the application must hold ACTING and PAGE_FACTS when they are called."""
    app.router.add_get("/sign-in/start", _with_pages(start))
    app.router.add_get("/sign-in/callback", _with_pages(callback))


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
        except SentryError as error:
            log.warning("sign_in.sentry", kind=type(error).__name__, reason=str(error))
            return _notice(Notice(HTTPStatus.BAD_GATEWAY, "Sentry did not finish the sign-in", reason(error)[0]))
        except StoreUnavailable as error:
            log.warning("sign_in.store_unavailable", reason=str(error))
            return _notice(STORE_AWAY)

    return wrapped


def _notice(notice: Notice) -> web.Response:
    return page("notice.html", notice.status, notice=notice)
