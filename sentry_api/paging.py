"""Lists that come in pages: Sentry names the next one in the Link header."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeVar

from sentry_api.access import Access
from sentry_api.caller import Caller
from sentry_api.errors import SentryAnswer, SentryBusy
from sentry_api.rate_limits import rate_limit_from
from sentry_api.wire import Ask

T = TypeVar("T")
MOST_PAGES = 50
_LONGEST_HEADER = 4000
_LONGEST_WAIT = 5.0
_LINK = re.compile(r"<[^>]*>([^<]*)")
_PARAMETER = re.compile(r';\s*(\w+)="([^"]*)"')


def next_cursor(headers: Mapping[str, str]) -> str:
    """Return the cursor of the next page; "" when this is the last.

    Only the cursor is taken from the link, never its address: the next request goes where the first one went.
    """
    for link in _LINK.finditer(headers.get("Link", "")[:_LONGEST_HEADER]):
        parameters: dict[str, str] = dict(_PARAMETER.findall(link[1]))
        if parameters.get("rel") == "next" and parameters.get("results") == "true":
            return parameters.get("cursor", "")
    return ""


class Pages:
    """Reads lists page by page."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def each(
        self,
        access: Access,
        path: str,
        read: Callable[[Any], T | None],
        *,
        query: Sequence[tuple[str, str]] = (),
        most: int = 100,
    ) -> AsyncIterator[T]:
        """Yield what `read` makes of each item (None: left out), at most `most`; raises a SentryError."""
        cursor, given = "", 0
        for _ in range(MOST_PAGES):
            found, cursor = await self._page(access, path, query, cursor)
            for item in found:
                value = read(item)
                if value is not None and given < most:
                    given += 1
                    yield value
            if not cursor or given >= most:
                return

    async def _page(
        self, access: Access, path: str, query: Sequence[tuple[str, str]], cursor: str
    ) -> tuple[list[Any], str]:
        asked = [*query, *([("cursor", cursor)] if cursor else [])]
        reply = await self._caller.call(access.sentry_url, Ask("GET", path, access.token, asked), access.organization)
        if not isinstance(reply.data, list):
            raise SentryAnswer(reply.status, "the answer is no list")
        following = next_cursor(reply.headers)
        if following and following != cursor:
            await self._let_the_window_pass(reply.headers)
            return reply.data, following
        return reply.data, ""

    async def _let_the_window_pass(self, headers: Mapping[str, str]) -> None:
        wait = rate_limit_from(headers).wait(self._caller.clocks.wall())
        if wait > _LONGEST_WAIT:
            raise SentryBusy("no requests remain in this window", wait)
        await asyncio.sleep(wait)
