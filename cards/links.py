"""Links into Sentry."""

import re
from urllib.parse import quote, urlsplit

from cards.escape import markdown

# All that could end a Markdown destination or act in it; % stays, the address is encoded already.
_UNSAFE = re.compile(r"[^!#$%&'*+,\-./0-9:;=?@A-Z_a-z~]")


def organization_url(sentry_url: str, slug: str) -> str:
    """Return the organization's start page, on sentry.io as on any other Sentry."""
    return f"{sentry_url.rstrip('/')}/organizations/{quote(slug, safe='')}/"


def link(text: str, url: str) -> str:
    """Return Markdown: `text` (a name that people gave) linked to `url`."""
    return f"[{markdown(text, 'Open')}]({_UNSAFE.sub(lambda unsafe: quote(unsafe[0]), url)})"


def host(sentry_url: str) -> str:
    """Return Markdown: the host of a Sentry, with its port where it is not the usual one."""
    return markdown(urlsplit(sentry_url).netloc.rpartition("@")[2] or sentry_url)
