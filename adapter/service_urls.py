"""Which addresses may receive our activities and our token."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from adapter.clouds import Cloud

_LONGEST = 1300
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Neither user info, query, fragment, backslash nor white space; no braces, which the SDK takes for a format string.
_PLAIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,255}(/[A-Za-z0-9._~%/-]{0,1024})?", re.IGNORECASE | re.ASCII)


def is_allowed(service_url: str, cloud: Cloud | None) -> bool:
    """Say whether `service_url` is a connector of `cloud`; in local mode (None) whether it is on this machine.

    Exact hosts only: anybody can register a name under trafficmanager.net.
    """
    return len(service_url) <= _LONGEST and _is_allowed(service_url, cloud)


@lru_cache(maxsize=256)  # there are few, and each activity is asked about twice
def _is_allowed(service_url: str, cloud: Cloud | None) -> bool:
    if not _PLAIN.fullmatch(service_url):
        return False
    try:
        parts = urlsplit(service_url)
        port = parts.port
    except ValueError:
        return False
    if cloud is None:
        return parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK
    return parts.scheme == "https" and parts.hostname in cloud.connector_hosts and port in {None, 443}
