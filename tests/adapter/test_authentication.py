"""What stands behind the gate: the SDK's judgement, its nets, and what is remembered of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession
from botbuilder.core import TurnContext
from botbuilder.schema import Activity
from botframework.connector.auth import PasswordServiceClientCredentialFactory

from adapter.authentication import ChannelAuthentication, sdk_authentication
from adapter.clouds import CLOUDS
from adapter.credentials import CachedCredentials
from adapter.refusals import Refused
from adapter.sdk_connector import PooledConnectorFactory
from adapter.signing_keys import SigningKey, SigningKeys
from adapter.transport import ConnectorTransport
from sandbox.microsoft import Microsoft
from sandbox.openid import KEYS_PATH
from settings import ChannelService
from tests.adapter.clocks import Seconds
from tests.adapter.draft import Draft
from tests.adapter.serving import Doing, outgoing, small_bot
from tests.adapter.wire import exchange
from tests.conftest import ServedBot

PUBLIC = CLOUDS[ChannelService.PUBLIC]
BOT_FRAMEWORK_TENANT = "d6d49420-f39b-4df7-a1dc-d59a935871db"
OTHER_URL = "https://smba.trafficmanager.net/emea/"


class CountedKeys(SigningKeys):
    """The signing keys; the SDK asks for one each time that it verifies a signature."""

    asked = 0

    async def get(self, key_id: str) -> SigningKey:
        self.asked += 1
        return await super().get(key_id)


@dataclass
class Desk:
    """The authentication alone, without the gate before it."""

    microsoft: Microsoft
    keys: CountedKeys
    clock: Seconds
    authentication: ChannelAuthentication

    async def show(self, token: str, *, channel: str = "msteams", service_url: str = "") -> Any:
        activity = Activity(type="message", channel_id=channel, service_url=service_url or self.microsoft.service_url)
        return await self.authentication.authenticate_request(activity, f"Bearer {token}")

    async def refuse(self, token: str, **where: str) -> tuple[int, str]:
        with pytest.raises(Refused) as refusal:
            await self.show(token, **where)
        return refusal.value.status, refusal.value.reason


def desk_of(microsoft: Microsoft, session: ClientSession, app_id: str, most: int) -> Desk:
    keys, clock = CountedKeys(session, PUBLIC.openid_metadata_url, time.monotonic), Seconds(time.time())
    credentials = CachedCredentials(PasswordServiceClientCredentialFactory(app_id, microsoft.app_secret))
    sdk = sdk_authentication(credentials, PUBLIC, app_id, keys)
    connectors = PooledConnectorFactory(ConnectorTransport(session, None), PUBLIC)
    return Desk(microsoft, keys, clock, ChannelAuthentication(sdk, connectors, clock, most))


@pytest.fixture
async def desk(microsoft: Microsoft) -> AsyncIterator[Desk]:
    async with outgoing() as session:
        made = desk_of(microsoft, session, microsoft.app_id, most=3)
        yield made
        await made.keys.close()


async def test_a_token_is_verified_once(desk: Desk, microsoft: Microsoft) -> None:
    token = microsoft.channel.token()
    first, *others = [await desk.show(token) for _ in range(5)]
    assert desk.keys.asked == 1
    for other in others:
        assert other.claims_identity.claims == first.claims_identity.claims
        assert (other.audience, other.caller_id) == (first.audience, first.caller_id)
    assert first.claims_identity.is_authenticated


async def test_what_a_turn_does_to_its_claims_stays_there(desk: Desk, microsoft: Microsoft) -> None:
    token = microsoft.channel.token()
    (await desk.show(token)).claims_identity.claims["admin"] = True
    assert "admin" not in (await desk.show(token)).claims_identity.claims


async def test_another_channel_does_not_ride_on_it(desk: Desk, microsoft: Microsoft) -> None:
    token = microsoft.channel.token()
    await desk.show(token)
    assert await desk.refuse(token, channel="webchat") == (403, "endorsement")
    assert desk.keys.asked == 2


async def test_another_service_url_does_not_ride_on_it(desk: Desk, microsoft: Microsoft) -> None:
    token = microsoft.channel.token()
    await desk.show(token)
    assert await desk.refuse(token, service_url=OTHER_URL) == (401, "token_PermissionError")
    assert desk.keys.asked == 2


async def test_no_changed_byte_rides_on_it(bot: ServedBot, microsoft: Microsoft) -> None:
    good = Draft(microsoft)
    good.token = good.signed()
    assert (await exchange(bot.url, good.wire())).status == 201
    assert (await exchange(bot.url, good.wire())).status == 201

    async def with_change_at(position: int) -> int:
        letter = "A" if good.token[position] != "A" else "B"  # type: ignore[index]
        text = f"{good.token[:position]}{letter}{good.token[position + 1 :]}"  # type: ignore[index]
        return (await exchange(bot.url, Draft(microsoft, good.activity, token=text).wire())).status

    for start in range(0, len(good.token), 32):
        positions = range(start, min(start + 32, len(good.token)))
        assert set(await asyncio.gather(*map(with_change_at, positions))) == {401}


async def test_it_is_remembered_for_five_minutes(desk: Desk, microsoft: Microsoft) -> None:
    token = microsoft.channel.token()
    await desk.show(token)
    desk.clock.pass_by(299)
    await desk.show(token)
    assert desk.keys.asked == 1
    desk.clock.pass_by(1)
    await desk.show(token)
    assert desk.keys.asked == 2


async def test_it_is_never_remembered_past_its_expiry(desk: Desk, microsoft: Microsoft) -> None:
    desk.clock.now = int(time.time())
    token = microsoft.channel.token(exp=int(desk.clock.now) + 100)
    await desk.show(token)
    desk.clock.pass_by(99)
    await desk.show(token)
    assert desk.keys.asked == 1
    desk.clock.pass_by(1)
    await desk.show(token)
    assert desk.keys.asked == 2


async def test_what_has_expired_within_the_skew_is_not_remembered(desk: Desk, microsoft: Microsoft) -> None:
    token = microsoft.channel.token(exp=int(time.time()) - 100, nbf=0)
    await desk.show(token)
    await desk.show(token)
    assert desk.keys.asked == 2


async def test_so_many_are_remembered_and_no_more(desk: Desk, microsoft: Microsoft) -> None:
    tokens = [microsoft.channel.token(jti=str(number)) for number in range(4)]
    for token in tokens:
        await desk.show(token)
    for token in tokens[1:]:
        await desk.show(token)
    assert desk.keys.asked == 4
    await desk.show(tokens[0])
    assert desk.keys.asked == 5


async def test_a_refusal_is_not_remembered(desk: Desk, microsoft: Microsoft) -> None:
    old = microsoft.openid.teams_key
    microsoft.openid.rotate()
    new = microsoft.channel.token()
    microsoft.openid.keys.remove(microsoft.openid.teams_key)
    assert await desk.refuse(new) == (401, "token_key_unknown")
    microsoft.openid.keys.append(microsoft.openid.teams_key)
    desk.keys._searched_at = float("-inf")  # a minute later
    assert await desk.show(new)
    assert old not in microsoft.openid.keys


@pytest.mark.parametrize("tenant_id", ["", BOT_FRAMEWORK_TENANT])
async def test_the_bots_own_token_is_refused_behind_the_gate_too(
    desk: Desk, microsoft: Microsoft, tenant_id: str
) -> None:
    own = microsoft.entra.token(tenant_id=tenant_id)
    assert await desk.refuse(own, service_url="https://evil.example/") == (401, "token_PermissionError")


async def test_a_token_for_ourselves_by_our_secret_is_refused_behind_the_gate_too(
    desk: Desk, microsoft: Microsoft
) -> None:
    own = microsoft.entra.token(aud=microsoft.app_id, tenant_id=BOT_FRAMEWORK_TENANT)
    assert await desk.refuse(own, service_url="https://evil.example/") == (401, "token_PermissionError")


async def test_a_channels_token_for_another_bot_is_refused_behind_the_gate_too(
    desk: Desk, microsoft: Microsoft
) -> None:
    other = microsoft.channel.token(aud="99999999-2222-3333-4444-555555555555")
    assert await desk.refuse(other) == (401, "token_PermissionError")


async def test_credentials_are_for_no_other_app(microsoft: Microsoft) -> None:
    credentials = CachedCredentials(PasswordServiceClientCredentialFactory(microsoft.app_id, microsoft.app_secret))
    ours = [await credentials.create_credentials(microsoft.app_id, "scope", PUBLIC.login_endpoint, True) for _ in "ab"]
    assert ours[0] is ours[1]
    other_scope = await credentials.create_credentials(microsoft.app_id, "other", PUBLIC.login_endpoint, True)
    assert other_scope is not ours[0]
    with pytest.raises(Exception, match="Invalid app_id"):
        await credentials.create_credentials("https://api.botframework.com", "scope", PUBLIC.login_endpoint, True)


@pytest.mark.parametrize(
    ("endorsements", "status"),
    [
        (("msteams",), 201),
        (("webchat", "msteams"), 201),
        (("webchat", "directline"), 403),
        (("msteamsx",), 403),
        ((), 403),
        (None, 403),
    ],
)
async def test_the_key_must_be_endorsed_for_teams(
    start_bot: Callable[..., Any], microsoft: Microsoft, endorsements: tuple[str, ...] | None, status: int
) -> None:
    microsoft.openid.endorse(endorsements)
    bot = await start_bot()
    assert (await exchange(bot.url, Draft(microsoft).wire())).status == status
    assert len(microsoft.connector.activities) == (1 if status == 201 else 0)


async def test_nobody_streams(desk: Desk, microsoft: Microsoft) -> None:
    with pytest.raises(Refused) as refusal:
        await desk.authentication.authenticate_streaming_request(f"Bearer {microsoft.channel.token()}", "msteams")
    assert refusal.value.status == 403


async def test_a_turn_asks_no_token_service(values: dict[str, str], microsoft: Microsoft) -> None:
    clients = []

    async def look(context: TurnContext) -> None:
        clients.append(context.turn_state.get(context.adapter.USER_TOKEN_CLIENT_KEY))

    async with small_bot(values, microsoft, Doing(look)) as bot:
        await exchange(bot.url, Draft(microsoft).wire())
    assert clients == [None]
    assert microsoft.entra.token_requests == 0
    assert microsoft.openid.requests[KEYS_PATH] == 1
