"""GET and POST /setup: the page on which a place in Teams is tied to a Sentry organization."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from http import HTTPStatus

import structlog
from aiohttp import web

from handlers.forms import read_form
from handlers.html import page
from handlers.keys import PAGE_FACTS, SETUP, SETUP_SIGN_IN
from handlers.setup_texts import LINK_ERRORS, STORE_AWAY, Notice, dead_link_shown, problem_shown
from services.setup import PendingSetup
from services.setup_form import SetupForm
from services.setup_problems import SetupProblem
from store import StoreUnavailable
from texts import gettext as _

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RETRY_AFTER = "10"


def _signed(request: web.Request) -> str:
    return request.query.get("signed_params", "")


async def show(request: web.Request) -> web.Response:
    """Show the form. Looking at it changes nothing, however often and by whomever.

    sentry_url, organization: what was chosen after signing in with Sentry; only shown, checked when it is submitted.
    """
    pending = await request.app[SETUP].look(_signed(request))
    chosen = SetupForm(request.query.get("sentry_url", ""), request.query.get("organization", ""), "")
    return _form(request, pending, chosen)


async def submit(request: web.Request) -> web.Response:
    """Finish the setup; a problem shows the form again with everything that was typed except the secrets."""
    setup = request.app[SETUP]
    pending = await setup.look(_signed(request))
    typed = _typed(await read_form(request))
    try:
        finished = await setup.finish(_signed(request), typed)
    except SetupProblem as problem:
        log.info("setup.problem", kind=problem.kind, detail=problem.detail, installation=pending.installation.id)
        return _form(request, pending, typed, problem)
    return page("setup_done.html", finished=finished)


def add_routes(app: web.Application) -> None:
    """Add the routes; the application must hold SETUP and PAGE_FACTS when they are called."""
    app.router.add_get("/setup", _with_pages(show))
    app.router.add_post("/setup", _with_pages(submit))


def _typed(fields: Mapping[str, str]) -> SetupForm:
    return SetupForm(
        sentry_url=fields.get("sentry_url", ""),
        organization=fields.get("organization", ""),
        token=fields.get("token", ""),
        connected_by=fields.get("connected_by", ""),
        client_secret=fields.get("client_secret", ""),
        anybody_may_act=fields.get("anybody_may_act") == "yes",
    )


def _form(
    request: web.Request, pending: PendingSetup, typed: SetupForm, problem: SetupProblem | None = None
) -> web.Response:
    shown = problem_shown(problem, typed) if problem else None
    facts, sign_in = request.app[PAGE_FACTS], request.app.get(SETUP_SIGN_IN)
    return page(
        "setup.html",
        shown.status if shown else HTTPStatus.OK,
        signed=_signed(request),
        pending=pending,
        typed=typed,
        problem=shown,
        sentry_urls=facts.sentry_urls,
        webhook_url=f"{facts.public_url}/sentry/webhook",
        sign_in_urls=sign_in.sentry_urls if sign_in else (),
    )


def _with_pages(handler: Handler) -> Handler:
    """Wrap a handler: whatever it refuses becomes a page that says what happened and what to do."""

    @wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except LINK_ERRORS as error:
            log.info("setup.dead_link", reason=type(error).__name__)
            return _notice(dead_link_shown(error))
        except StoreUnavailable as error:
            log.warning("setup.store_unavailable", reason=str(error))
            return _notice(STORE_AWAY, headers={"Retry-After": RETRY_AFTER})
        except web.HTTPClientError as error:
            return _notice(Notice(error.status, _("This form cannot be read"), error.text or error.reason))

    return wrapped


def _notice(notice: Notice, headers: Mapping[str, str] | None = None) -> web.Response:
    return page("notice.html", notice.status, headers=headers, notice=notice.said())
