"""HTML answers: the templates, and the headers that every page carries."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handlers import assets
from texts import gettext, language, ngettext

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = language
    environment.globals["asset"] = assets.address
    return environment


_ENVIRONMENT = _environment()
# Compiled at import, so that no request waits for a file.
_PAGES = {name: _ENVIRONMENT.get_template(name) for name in _ENVIRONMENT.list_templates()}


def page(
    template: str, status: int = HTTPStatus.OK, *, headers: Mapping[str, str] | None = None, **facts: Any
) -> web.Response:
    """Render a template with these facts and wrap it in an answer that no cache, frame or script can touch."""
    body = _PAGES[template].render(**facts)
    return web.Response(text=body, status=status, content_type="text/html", headers={**HEADERS, **(headers or {})})
