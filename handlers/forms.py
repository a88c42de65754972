"""Reading a small HTML form from a request, bounded in size and time."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from texts import gettext as _

BODY_LIMIT = 16 * 1024
TIME_LIMIT = 10.0
_MOST_FIELDS = 20
_CONTENT_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: web.Request, time_limit: float = TIME_LIMIT) -> Mapping[str, str]:
    """Return the fields of a posted form; raises the fitting 4xx (408, 413, 415, 400) when it is none of ours."""
    if request.content_type != _CONTENT_TYPE:
        raise web.HTTPUnsupportedMediaType(text=_("A form is expected here."))
    try:
        async with asyncio.timeout(time_limit):
            body = await _read(request)
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text=_("The form did not arrive in time.")) from error
    return _fields(body)


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, len(body), text=_("The form is too large."))
    return bytes(body)


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise web.HTTPBadRequest(text=_("The form has too many fields.")) from error
