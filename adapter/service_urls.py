"""Which addresses may receive our activities and our token."""

from urllib.parse import urlsplit

from adapter.clouds import Cloud

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_URL = 2048


def is_allowed(service_url: str, cloud: Cloud | None) -> bool:
    """Say whether `service_url` is a connector of `cloud`; in local mode (None) whether it is on this machine.

    Exact hosts only: anybody can register a name under trafficmanager.net.
    """
    try:
        parts = urlsplit(service_url)
        port = parts.port
    except ValueError:
        return False
    if len(service_url) > LONGEST_URL or not service_url.isprintable() or "\\" in service_url or "@" in parts.netloc:
        return False
    if parts.query or parts.fragment:
        return False
    if cloud is None:
        return parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK
    return parts.scheme == "https" and parts.hostname in cloud.connector_hosts and port in {None, 443}
