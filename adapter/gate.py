"""The gate: what a request to /api/messages must be before the SDK sees any of it."""

import asyncio
from dataclasses import dataclass
from time import time
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http import HttpProcessingError

from adapter import channel_token
from adapter.activity import parse
from adapter.channel_token import ChannelToken
from adapter.clouds import Cloud
from adapter.http import TooLong, read_at_most
from adapter.refusals import Refused, forbidden, malformed, unauthorized
from adapter.service_urls import LOOPBACK, is_allowed

LARGEST_BODY = 256 * 1024
READ_WITHIN = 10.0
LOCAL_CHANNELS = frozenset({"emulator", "msteams"})


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be shown to the SDK; `token` is None in local mode."""

    token: ChannelToken | None
    activity: dict[str, Any]


class Gate:
    """Checks requests from the cheapest to the dearest check; each raises Refused.

    app_id, cloud: both None in local mode, where callers are trusted because they are on this machine.
    allowed_tenants: None for any. read_within: seconds that a body may take to arrive.
    """

    def __init__(
        self,
        app_id: str | None,
        cloud: Cloud | None,
        allowed_tenants: frozenset[str] | None,
        read_within: float = READ_WITHIN,
    ) -> None:
        self._app_id = app_id
        self._cloud = cloud
        self._allowed_tenants = allowed_tenants
        self._read_within = read_within

    async def admit(self, request: web.Request) -> Admitted:
        """Return the activity of a request that may be one from the channel; its signature is not checked yet."""
        _check_envelope(request)
        token = self._token(request)
        raw = parse(await _read(request, self._read_within))
        self._check_origin(raw, token)
        return Admitted(token, raw)

    def _token(self, request: web.Request) -> ChannelToken | None:
        if self._app_id is None or self._cloud is None:
            _check_local(request)
            return None
        headers = request.headers.getall("Authorization", ())
        if len(headers) > 1:
            # Whoever stands before us may have judged the other one.
            raise unauthorized("several_authorization_headers")
        header = headers[0] if headers else None
        return channel_token.inspect(header, issuer=self._cloud.issuer, app_id=self._app_id, now=time())

    def _check_origin(self, raw: dict[str, Any], token: ChannelToken | None) -> None:
        if raw.get("channelId") not in ({"msteams"} if token else LOCAL_CHANNELS):
            raise forbidden("channel", "this bot serves Microsoft Teams only")
        if not is_allowed(raw["serviceUrl"], self._cloud):
            raise forbidden("service_url", "serviceUrl is not an address of this cloud's connector")
        if token is not None and raw["serviceUrl"] != token.service_url:
            raise unauthorized("token_service_url")
        if self._allowed_tenants is not None and (tenant_of(raw) or "").lower() not in self._allowed_tenants:
            raise forbidden("tenant", "this bot does not serve that tenant")


def tenant_of(raw: dict[str, Any]) -> str | None:
    """Return the tenant of an activity: conversation.tenantId, in older shapes channelData.tenant.id."""
    tenant = raw["conversation"].get("tenantId")
    if isinstance(tenant, str) and tenant:
        return tenant
    channel_data = raw.get("channelData")
    holder = channel_data.get("tenant") if isinstance(channel_data, dict) else None
    tenant = holder.get("id") if isinstance(holder, dict) else None
    return tenant if isinstance(tenant, str) and tenant else None


def _check_envelope(request: web.Request) -> None:
    if request.method != "POST":
        raise Refused(405, "method", "POST only", {"Allow": "POST"})
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise Refused(415, "content_type", "Content-Type must be application/json")
    if any(coding.lower() != "identity" for coding in request.headers.getall("Content-Encoding", ())):
        raise Refused(415, "content_encoding", "the body must not be compressed")
    if request.headers.get("Transfer-Encoding", "chunked").lower() != "chunked":
        raise Refused(415, "transfer_encoding", "the only transfer coding is chunked")
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        raise _too_large()


def _too_large() -> Refused:
    return Refused(413, "body_too_large", f"the body is larger than {LARGEST_BODY} bytes")


def _check_local(request: web.Request) -> None:
    # A web page that a developer has open must not reach the bot through a name that it made point here.
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        name = None
    if name not in LOOPBACK:
        raise forbidden("host", "in local mode the bot answers to localhost only")


async def _read(request: web.Request, within: float) -> bytes:
    try:
        if request.content.is_eof():  # a time limit costs more than to take what is there
            return await read_at_most(request.content, LARGEST_BODY)
        async with asyncio.timeout(within):
            return await read_at_most(request.content, LARGEST_BODY)
    except TooLong:
        raise _too_large() from None
    except TimeoutError:
        raise Refused(408, "body_too_slow", f"the body did not arrive within {within:.0f} s") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise malformed("body_broken_off", "the body is not framed as its headers say") from None
