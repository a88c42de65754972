"""Exceptions become HTTP here, once, each with a log line."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

import metrics
import tracing
from adapter.refusals import Refused
from store import StoreUnavailable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RETRY_AFTER = "5"
log = structlog.get_logger(__name__)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refusal with its status, a missing database with 503, a bug with 500 and a trace id to ask for."""
    structlog.contextvars.clear_contextvars()
    trace_id = tracing.begin(request.headers.get("traceparent"))
    structlog.contextvars.bind_contextvars(trace_id=trace_id)
    try:
        return await handler(request)
    except Refused as refusal:
        metrics.refused(refusal.reason)
        log.warning("request refused", path=request.path, status=refusal.status, reason=refusal.reason)
        return _problem(refusal.status, {"error": refusal.problem}, refusal.headers)
    except StoreUnavailable as error:
        log.error("store unavailable", path=request.path, error=str(error))  # noqa: TRY400 - the reason is known
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "try again later"}, {"Retry-After": RETRY_AFTER})
    except (web.HTTPException, ConnectionResetError):
        raise
    except Exception:
        log.exception("request failed", path=request.path)
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "internal error", "trace_id": trace_id}, {})


def _problem(status: int, body: dict[str, str], headers: dict[str, str]) -> web.Response:
    return web.json_response(body, status=int(status), headers=headers)
