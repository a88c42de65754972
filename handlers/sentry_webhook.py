"""POST /sentry/webhook: what Sentry tells. Answered within its one second, whatever Teams and Sentry's API do."""

import asyncio
from http import HTTPStatus

import structlog
from aiohttp import web

import metrics
from handlers.keys import ALERTS
from sentry_api.webhooks import RESOURCE_HEADER, SIGNATURE_HEADER
from services.alerts.door import Received
from store import StoreError

log = structlog.get_logger(__name__)
PATH = "/sentry/webhook"
LARGEST = 5 * 1024 * 1024
BODY_WITHIN = 10.0
REQUEST_ID = "Request-ID"
STATUSES = {Received.WRONG_SIGNATURE: HTTPStatus.UNAUTHORIZED, Received.UNKNOWN: HTTPStatus.UNAUTHORIZED}


async def receive(request: web.Request) -> web.Response:
    """Verify, store, answer."""
    headers = request.headers
    resource = headers.get(RESOURCE_HEADER, "")[:100]
    try:
        body = await body_of(request, LARGEST)
        received = await request.app[ALERTS].door.receive(
            resource,
            headers.get(REQUEST_ID, "")[:100],
            headers.get(SIGNATURE_HEADER),
            body,
        )
    except web.HTTPException as error:
        metrics.webhook(resource, "too_large" if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "too_slow")
        raise
    except StoreError as error:
        metrics.webhook(resource, "not_stored")
        log.warning("webhook not stored", error=str(error))
        return answer(HTTPStatus.SERVICE_UNAVAILABLE, "the webhook could not be stored; please send it again")
    metrics.webhook(resource, received.name.lower())
    return answer(STATUSES.get(received, HTTPStatus.OK), received.value)


async def body_of(request: web.Request, largest: int) -> bytes:
    """Return the bytes as they came; raises HTTPRequestEntityTooLarge without reading more than that."""
    if (request.content_length or 0) > largest:
        raise web.HTTPRequestEntityTooLarge(largest, request.content_length or 0)
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_WITHIN):
            async for part in request.content.iter_any():
                size += len(part)
                if size > largest:
                    raise web.HTTPRequestEntityTooLarge(largest, size)
                parts.append(part)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return b"".join(parts)


def answer(status: int, detail: str) -> web.Response:
    """Return a short answer for Sentry's log of webhooks."""
    return web.json_response({"detail": detail}, status=status)


def add_routes(app: web.Application) -> None:
    """Add the route; the application must hold ALERTS when it is called."""
    app.router.add_post(PATH, receive)
