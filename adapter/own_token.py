"""One exchange of the bot's identity for a token, outside of a running bot, and what the token says."""

import asyncio
import base64
import binascii
from typing import Any

import aiohttp
import orjson

from adapter.clouds import CLOUDS
from adapter.credentials import sdk_credentials_factory
from adapter.entra_http import EntraHttp
from adapter.errors import CredentialsError
from adapter.threads import in_thread
from adapter.token_exchange import exchange
from settings import Settings

WITHIN = 20.0


async def own_token(settings: Settings, session: aiohttp.ClientSession) -> str:
    """Return a connector token, exchanged as the running bot does it; raises CredentialsError."""
    cloud = CLOUDS[settings.channel_service]
    credentials = await sdk_credentials_factory(settings).create_credentials(
        settings.app_id or "", cloud.oauth_scope, cloud.login_endpoint, True
    )
    try:
        async with asyncio.timeout(WITHIN):
            entra = EntraHttp(session, WITHIN)
            return await in_thread(lambda: exchange(credentials, "", entra), "token")
    except TimeoutError:
        raise CredentialsError(f"the token endpoint did not answer within {WITHIN:.0f} s") from None
    except Exception as error:  # MSAL, requests and the SDK each raise their own; all mean: no token
        raise CredentialsError(f"{type(error).__name__}: {error}") from error


def claims_of(token: str) -> dict[str, Any]:
    """Return what a JWT says, unverified: it comes from Entra itself; nothing for an opaque token."""
    try:
        payload = token.split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}
