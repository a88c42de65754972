"""Why a host cannot be reached, in words: DNS, TLS, proxy, firewall."""

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=8, connect=5)
UNREACHED = (aiohttp.ClientError, TimeoutError, OSError)

# The order matters: the classes of aiohttp inherit from each other.
_EXPLAINED: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        aiohttp.ClientConnectorDNSError,
        "DNS: the name does not resolve",
        "Look at the name, and at the resolver of this machine (on App Service: the network's DNS servers)",
    ),
    (
        aiohttp.ClientConnectorCertificateError,
        "TLS: the certificate is not trusted",
        "Something opens the connection on the way, or a root certificate is missing: name it by SSL_CERT_FILE",
    ),
    (
        aiohttp.ClientSSLError,
        "TLS: no handshake",
        "Something on the way speaks no TLS 1.2 or newer: look at proxy and firewall",
    ),
    (
        aiohttp.ClientHttpProxyError,
        "The proxy refuses to connect there",
        "Let HTTPS_PROXY's proxy connect to this host, or name the host in NO_PROXY",
    ),
    (aiohttp.ClientProxyConnectionError, "The proxy itself does not answer", "Correct HTTPS_PROXY, or start the proxy"),
    (TimeoutError, "No answer in time", "A firewall may drop what is sent there: allow port 443 to this host"),
    (
        aiohttp.ClientConnectorError,
        "Nobody takes the connection",
        "Start what should listen there, or allow the connection in the firewall",
    ),
)


def explain(error: BaseException) -> tuple[str, str]:
    """Return what an error of the connection means, and what to do about it."""
    for kind, means, do in _EXPLAINED:
        if isinstance(error, kind):
            return means, do
    return "The connection broke off", "Try again; if it stays, look at what stands between this machine and that host"


def brief(error: BaseException) -> str:
    """Return the error on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


async def status_of(session: aiohttp.ClientSession, url: str) -> int:
    """Return the HTTP status that `url` answers with; raises one of UNREACHED."""
    async with session.get(url, allow_redirects=False, timeout=PATIENCE) as answer:
        return answer.status
