"""HTML answers: the templates, and the headers that every page carries."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from handlers import assets
from texts import gettext, language, ngettext

if TYPE_CHECKING:
    from jinja2 import Environment, Template

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


@cache
def _environment() -> "Environment":
    # Jinja takes a fortieth of the start, and no page is needed for the first card.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

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


@cache
def _page(template: str) -> "Template":
    return _environment().get_template(template)


def prepare() -> None:
    """Compile every page, which takes a few milliseconds each, before somebody waits for one; for a thread."""
    for template in _environment().list_templates():
        if template.endswith(".html"):
            _page(template)


def page(
    template: str, status: int = HTTPStatus.OK, *, headers: Mapping[str, str] | None = None, **facts: Any
) -> web.Response:
    """Render a template with these facts and wrap it in an answer that no cache, frame or script can touch."""
    body = _page(template).render(**facts)
    return web.Response(text=body, status=status, content_type="text/html", headers={**HEADERS, **(headers or {})})
