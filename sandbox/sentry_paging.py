"""Sentry's pages: a Link header with cursors `0:offset:0`."""

from collections.abc import Sequence

from aiohttp import web

PAGE = 100


def page(request: web.Request, found: Sequence[object], size: int = PAGE) -> web.Response:
    """The page that the request's cursor asks for, `per_page` or `limit` items long but at most `size`."""
    start = _offset(request.query.get("cursor", ""))
    size = min(size, int(request.query.get("per_page") or request.query.get("limit") or size))
    answer = web.json_response(list(found[start : start + size]))
    links = (
        _link(request, "previous", max(start - size, 0), more=start > 0),
        _link(request, "next", start + size, more=len(found) > start + size),
    )
    answer.headers["Link"] = ", ".join(links)
    return answer


def _offset(cursor: str) -> int:
    parts = cursor.split(":")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0


def _link(request: web.Request, rel: str, offset: int, *, more: bool) -> str:
    cursor = f"0:{offset}:{int(rel == 'previous')}"
    url = request.url.update_query({"cursor": cursor})
    return f'<{url}>; rel="{rel}"; results="{str(more).lower()}"; cursor="{cursor}"'
