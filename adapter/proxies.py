"""The way out through the proxy that the environment names."""

from functools import lru_cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

MOST_HOSTS = 1_000


def proxied_requests() -> type[aiohttp.ClientRequest]:
    """Return a class of requests that go through HTTPS_PROXY and HTTP_PROXY, but to what NO_PROXY names, as now set.

    aiohttp's trust_env does the same, and looks the proxy and a .netrc up for every request, in two turns of a thread:
    that takes as long as everything else that the bot does for an activity.
    """
    proxies = getproxies()

    @lru_cache(maxsize=MOST_HOSTS)
    def proxy_to(scheme: str, host: str) -> URL | None:
        return _address(proxies[scheme]) if scheme in proxies and not proxy_bypass(host) else None

    class ProxiedRequest(aiohttp.ClientRequest):
        def __init__(self, method: str, url: URL, **how: Any) -> None:
            super().__init__(method, url, **{**how, "proxy": proxy_to(url.scheme, url.host or "")})

    return ProxiedRequest


def _address(text: str) -> URL:
    """Return a proxy's address; "proxy:8080" is one, too, as curl and requests take it."""
    return URL(text if "://" in text else f"http://{text}")
