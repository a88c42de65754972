"""/sentry/alert-rule: the bot as an action in the rules of Sentry (docs/sentry.md)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from aiohttp import web

from handlers.keys import RULE_ACTIONS
from handlers.sentry_webhook import body_of
from sentry_api.webhooks import APP_SIGNATURE_HEADER
from services.alerts.rule_actions import Unsigned
from store import StoreError

log = structlog.get_logger(__name__)
PATH = "/sentry/alert-rule"
LARGEST = 64 * 1024
_LONGEST = 1000
_REFUSED = "The bot does not know this integration. Run the setup in Microsoft Teams, with its client secret."
_AWAY = "The bot cannot reach its database just now. Try again in a moment."


async def options(request: web.Request) -> web.Response:
    """List the places that a rule can name."""
    query = request.query
    installation = query.get("installationId", "")[:100]
    try:
        choices = await request.app[RULE_ACTIONS].choices(
            installation, request.headers.get(APP_SIGNATURE_HEADER), query.get("query", "")[:_LONGEST]
        )
    except Unsigned as error:
        return _unsigned(installation, error)
    except StoreError as error:
        return _away(error)
    return web.json_response([{"label": choice.label, "value": choice.value} for choice in choices])


async def save(request: web.Request) -> web.Response:
    """Say whether a rule with this action can be saved; the message is shown in the rule editor."""
    body = await body_of(request, LARGEST)
    installation, fields = _read(body)
    try:
        saved = await request.app[RULE_ACTIONS].save(
            installation, request.headers.get(APP_SIGNATURE_HEADER), body, fields
        )
    except Unsigned as error:
        return _unsigned(installation, error)
    except StoreError as error:
        return _away(error)
    status = HTTPStatus.OK if saved.is_good else HTTPStatus.BAD_REQUEST
    return web.json_response({"message": saved.message}, status=status)


def _read(body: bytes) -> tuple[str, Mapping[str, str]]:
    # What is read here counts only if the signature over all of it is good.
    try:
        whole = orjson.loads(body)
    except ValueError:
        return "", {}
    whole = whole if isinstance(whole, dict) else {}
    fields = whole.get("fields")
    named = [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
    return _text(whole.get("installationId"))[:100], {
        _text(field.get("name")): _text(field.get("value")) for field in named[:50]
    }


def _text(value: Any) -> str:
    return str(value)[:_LONGEST] if isinstance(value, str | int) else ""


def _unsigned(installation: str, error: Unsigned) -> web.Response:
    log.warning("rule editor refused", installation=installation, reason=str(error), what_to_do=_REFUSED)
    return web.json_response({"message": _REFUSED}, status=HTTPStatus.UNAUTHORIZED)


def _away(error: StoreError) -> web.Response:
    log.warning("rule editor not answered", error=str(error))
    return web.json_response({"message": _AWAY}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def add_routes(app: web.Application) -> None:
    """Add the routes; the application must hold RULE_ACTIONS when they are called."""
    app.router.add_get(f"{PATH}/options", options)
    app.router.add_post(PATH, save)
