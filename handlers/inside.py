"""GET /readyz (whether this instance can do its work) and GET /metrics (Prometheus)."""

import hmac
import ipaddress
from dataclasses import asdict
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

import metrics
from handlers.keys import DELIVERY, METRICS_TOKEN, READINESS

FORWARDED = frozenset({"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "X-ARR-LOG-ID"})


async def readyz(request: web.Request) -> web.Response:
    """Say which part is not usable, by 503; neither why nor where, for anybody may ask."""
    parts = await request.app[READINESS].look()
    ready = all(parts.values())
    body = {
        "status": "ready" if ready else "not ready",
        **{name: "ok" if ok else "failing" for name, ok in parts.items()},
    }
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})


async def show_metrics(request: web.Request) -> web.Response:
    """Show the figures to whoever brings METRICS_TOKEN, or is on this machine; to others there is no such page."""
    _check_caller(request)
    figures = {name: float(value) for name, value in asdict(request.app[DELIVERY].figures).items()}
    text = generate_latest().decode() + metrics.deliveries(figures)
    headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
    return web.Response(body=text.encode(), headers=headers)


def _check_caller(request: web.Request) -> None:
    token = request.app[METRICS_TOKEN]
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(sent.encode(), token.encode()):
        return
    if is_from_this_machine(request):
        return
    raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"}) if token else web.HTTPNotFound


def is_from_this_machine(request: web.Request) -> bool:
    """Say whether the caller is on this machine, and speaks for nobody else: a proxy here passes on the whole world."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback and _names_this_machine(request.host)
    except ValueError:
        return False


def _names_this_machine(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or ipaddress.ip_address(name).is_loopback


def add_routes(app: web.Application) -> None:
    """Add the routes; the application must hold READINESS, DELIVERY and METRICS_TOKEN when they are called."""
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)
