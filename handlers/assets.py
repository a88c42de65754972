"""The files under static/, read once at import and served from memory."""

import hashlib
import mimetypes
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

_STATIC = Path(__file__).resolve().parent.parent / "static"
_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    content_type: str
    version: str


def _load(path: Path) -> _Asset:
    body = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _Asset(body, content_type, hashlib.sha256(body).hexdigest()[:12])


_ASSETS = {path.name: _load(path) for path in _STATIC.iterdir() if path.is_file()}


def address(name: str) -> str:
    """Return the address of a file for the pages: relative, so that it also holds behind a path of a proxy."""
    return f"static/{name}?v={_ASSETS[name].version}"


async def serve(request: web.Request) -> web.Response:
    """Answer GET /static/{name}; pages ask with ?v=<hash of the file>, so that browsers may keep it for good."""
    asset = _ASSETS.get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    current = request.query.get("v") == asset.version
    headers = {"Cache-Control": _A_YEAR if current else "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=asset.body, status=HTTPStatus.OK, content_type=asset.content_type, headers=headers)
