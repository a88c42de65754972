"""Addresses in Sentry's answers: only such as a person may be sent to."""

import re
from typing import Any
from urllib.parse import urlsplit

from sentry_api.values import LONGEST_ADDRESS

_REGION = re.compile(r"(?:us|de)\.(?=sentry\.io$)", re.ASCII)


def address(value: Any, longest: int = LONGEST_ADDRESS) -> str:
    """Return an http(s) address with a host and nothing unprintable; "" for anything else."""
    if not isinstance(value, str) or len(value) > longest or not value.isprintable() or " " in value:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.hostname and parts.username is None else ""


def same_site(url: str, base_url: str) -> bool:
    """Tell whether an address is on that Sentry itself or on a subdomain of it (regions of sentry.io are one site)."""
    try:
        theirs, ours = urlsplit(url), urlsplit(base_url)
        ports = theirs.port, ours.port
    except ValueError:
        return False
    host, home = theirs.hostname or "", _REGION.sub("", ours.hostname or "")
    return theirs.scheme == ours.scheme and ports[0] == ports[1] and (host == home or host.endswith(f".{home}"))


def own_address(value: Any, base_url: str, otherwise: str, longest: int = LONGEST_ADDRESS) -> str:
    """Return the address if it is on that Sentry's site, else `otherwise`."""
    found = address(value, longest)
    return found if found and same_site(found, base_url) else otherwise
