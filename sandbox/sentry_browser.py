"""Presses a button on a page of the Sentry stand-in, as a browser would."""

import html
import re

import aiohttp
from yarl import URL

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


async def press(session: aiohttp.ClientSession, url: str, button: str, **fields: str) -> URL:
    """Open the sign-in page, choose, press `approve` or `deny`; returns where the browser is sent."""
    async with session.get(url) as page:
        page.raise_for_status()
        text = await page.text()
    form = {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(text)}
    address = URL(url).with_query(None)
    async with session.post(address, data={**form, **fields, "op": button}, allow_redirects=False) as answer:
        return URL(answer.headers["Location"])
