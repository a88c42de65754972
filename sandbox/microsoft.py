"""Microsoft's side of a Teams bot, on loopback and complete: one TLS listener, a proxy, an identity endpoint."""

import ssl
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from sandbox.certificates import Certificates
from sandbox.channel import Channel
from sandbox.connector import BotFrameworkApi, Connector
from sandbox.entra import Entra
from sandbox.identity import PATH as IDENTITY_PATH
from sandbox.identity import ManagedIdentity
from sandbox.openid import OpenId
from sandbox.proxy import ConnectProxy
from sandbox.standin import StandIn, listen, port_of

APP_ID = "11111111-2222-3333-4444-555555555555"
APP_SECRET = "sandbox~secret-of-the-bot"
TENANT_ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


class Microsoft(StandIn):
    """Entra, the channel's OpenID provider and the Bot Connector, under their own names.

    A bot whose process has `environment` reaches them unmodified; `managed_identity_environment` comes on top for a
    managed identity. `connections` counts new TLS connections by host. Bots of other app ids are strangers.
    """

    def __init__(self, app_id: str = APP_ID, app_secret: str = APP_SECRET, tenant_id: str = TENANT_ID) -> None:
        super().__init__()
        self.app_id, self.app_secret, self.tenant_id = app_id, app_secret, tenant_id
        self.service_url = f"https://smba.trafficmanager.net/amer/{tenant_id}/"
        self.openid = OpenId()
        self.channel = Channel(self.openid, app_id, self.service_url)
        self.entra = Entra(app_id, app_secret, tenant_id)
        self.connector = Connector(self.entra)
        self.bot_framework_api = BotFrameworkApi()
        self.identity = ManagedIdentity(self.entra)
        self.connections: Counter[str] = Counter()
        self._services = (self.openid, self.entra, self.connector, self.bot_framework_api)
        self.proxy = ConnectProxy([host for service in self._services for host in service.hosts])
        self.environment: dict[str, str] = {}
        self.managed_identity_environment: dict[str, str] = {}
        self._runners: list[web.AppRunner] = []
        self._files = tempfile.TemporaryDirectory(prefix="sandbox-")

    @property
    def ca_bundle(self) -> Path:
        """The certificate authorities that a client of this cloud must trust."""
        return Path(self._files.name) / "ca-bundle.pem"

    def reset(self) -> None:
        """Forgets records, counters and faults; keys stay."""
        for service in (*self._services, self.identity):
            service.reset()
        self.proxy.reset()
        self.connections.clear()

    async def _open(self) -> None:
        certificates = Certificates(Path(self._files.name), sorted(self.proxy.hosts))
        tls = certificates.server_context()
        tls.sni_callback = _counting(self.connections)
        cloud = await listen(self._by_host(), 0, tls)
        identity = await listen(self.identity.application(), 0)
        self._runners = [cloud, identity]
        proxy = f"http://127.0.0.1:{await self.proxy.open(port_of(cloud))}"
        self._describe(proxy, f"http://127.0.0.1:{port_of(identity)}{IDENTITY_PATH}")

    async def _close(self) -> None:
        await self.proxy.close()
        for runner in self._runners:
            await runner.cleanup()
        self._files.cleanup()

    def _by_host(self) -> web.Application:
        cloud = web.Application()
        for service in self._services:
            for host in service.hosts:
                cloud.add_domain(host, service.application())
        return cloud

    def _describe(self, proxy: str, identity: str) -> None:
        bundle, local = str(self.ca_bundle), "127.0.0.1,localhost"
        trust = {"SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle}
        # Both spellings: where a machine sets the small ones, they win over the others.
        route = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": local, "no_proxy": local}
        self.environment = {**trust, **route}
        self.managed_identity_environment = {"IDENTITY_ENDPOINT": identity, "IDENTITY_HEADER": self.identity.header}


def _counting(connections: Counter[str]) -> Callable[[ssl.SSLObject, str | None, ssl.SSLContext], None]:
    def count(_: ssl.SSLObject, host: str | None, __: ssl.SSLContext) -> None:
        connections[host or ""] += 1

    return count
