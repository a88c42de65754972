"""Links into Sentry."""

import re
from urllib.parse import quote, urlsplit

from cards.escape import MAX_LENGTH, markdown
from texts import gettext as _

# All that could end a Markdown destination or act in it; % stays, the address is encoded already.
_UNSAFE = re.compile(r"[^!#$%&'*+,\-./0-9:;=?@A-Z_a-z~]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
# Longer than any page of Sentry's; what is longer could fill a card.
_LONGEST_URL = 500


def organization_url(sentry_url: str, slug: str) -> str:
    """Return the organization's start page, on sentry.io as on any other Sentry."""
    return f"{sentry_url.rstrip('/')}/organizations/{quote(slug, safe='')}/"


def link(text: str, url: str, limit: int = MAX_LENGTH) -> str:
    """Return Markdown: `text` (a name that people gave), linked to `url` if that is a page's address."""
    target = web_page(url)
    shown = markdown(text, _("Open in Sentry") if target else "", limit)
    return f"[{shown}]({target})" if target else shown


def web_page(url: str) -> str:
    """Return the address of a page, without anything that Markdown would read; "" when it is none."""
    if len(url) > _LONGEST_URL or not _WEB.match(url):
        return ""
    target = _UNSAFE.sub(lambda unsafe: quote(unsafe[0], errors="replace"), url)
    return target if len(target) <= _LONGEST_URL else ""


def host(sentry_url: str) -> str:
    """Return Markdown: the host of a Sentry, with its port where it is not the usual one."""
    return markdown(urlsplit(sentry_url).netloc.rpartition("@")[2] or sentry_url)
