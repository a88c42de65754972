"""Both directions of the seam, put together: what takes activities from Teams, and what posts to Teams."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession
from botframework.connector.auth import AppCredentials

from adapter.authentication import ChannelAuthentication, sdk_authentication
from adapter.cloud_adapter import TeamsAdapter
from adapter.clouds import CLOUDS, Cloud
from adapter.connector import Connector
from adapter.connector_token import ConnectorToken
from adapter.credentials import CachedCredentials, sdk_credentials_factory
from adapter.gate import Gate
from adapter.sdk_connector import PooledConnectorFactory
from adapter.signing_keys import SigningKeys
from adapter.transport import ConnectorTransport
from settings import Settings


@dataclass(frozen=True, slots=True)
class Seam:
    """`adapter` takes requests from Teams, `connector` posts; `keys` and `token` are None in local mode."""

    adapter: TeamsAdapter
    connector: Connector
    keys: SigningKeys | None
    token: ConnectorToken | None


@asynccontextmanager
async def open_seam(settings: Settings, session: ClientSession) -> AsyncIterator[Seam]:
    """Open the seam for the way the bot is registered; closes its threads at the end, not the session."""
    cloud = CLOUDS[settings.channel_service]
    credentials = CachedCredentials(sdk_credentials_factory(settings))
    if settings.local_mode:
        yield _join(settings, credentials, None, session, (None, None))
        return
    async with AsyncExitStack() as opened:
        keys = SigningKeys(session, cloud.openid_metadata_url, time.monotonic)
        opened.push_async_callback(keys.close)
        token = ConnectorToken(lambda: _own(credentials, settings, cloud), session, time.time)
        opened.push_async_callback(token.close)
        yield _join(settings, credentials, cloud, session, (keys, token))


async def _own(credentials: CachedCredentials, settings: Settings, cloud: Cloud) -> AppCredentials:
    return await credentials.create_credentials(settings.app_id or "", cloud.oauth_scope, cloud.login_endpoint, True)


def _join(
    settings: Settings,
    credentials: CachedCredentials,
    trusted: Cloud | None,
    session: ClientSession,
    identity: tuple[SigningKeys | None, ConnectorToken | None],
) -> Seam:
    keys, token = identity
    transport = ConnectorTransport(session, token.get, token.refused) if token else ConnectorTransport(session, None)
    sdk = sdk_authentication(credentials, CLOUDS[settings.channel_service], settings.app_id, keys)
    authentication = ChannelAuthentication(sdk, PooledConnectorFactory(transport, trusted), time.time)
    gate = Gate(settings.app_id, trusted, settings.allowed_tenants)
    connector = Connector(transport, settings.app_id, trusted)
    return Seam(TeamsAdapter(authentication, gate), connector, keys, token)
