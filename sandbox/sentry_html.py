"""Plain pages of the Sentry stand-in."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)


def document(title: str, shown: Mapping[str, object], template: str = "base.html", status: int = 200) -> web.Response:
    """A page from a template, which escapes what it shows."""
    text = _TEMPLATES.get_template(template).render({**shown, "title": title})
    return web.Response(text=text, content_type="text/html", status=status)
