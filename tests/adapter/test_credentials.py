"""The bot's identity, exchanged for a connector token: every kind of it, once for all, and what can go wrong."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from botbuilder.core import TurnContext
from botframework.connector.auth import ManagedIdentityAppCredentials, PasswordServiceClientCredentialFactory
from msal import TokenCache
from structlog.testing import capture_logs

from adapter.clouds import CLOUDS
from adapter.connector_token import ConnectorToken, expiry_of
from adapter.credentials import CachedCredentials
from adapter.errors import ConnectorError, CredentialsError
from adapter.http import open_session
from adapter.seam import Seam
from model import ConversationReference
from sandbox.bot_certificate import new_bot_certificate
from sandbox.faults import close, delay, garbage, hang, respond
from sandbox.microsoft import Microsoft
from settings import ChannelService
from tests.adapter.clocks import Seconds
from tests.adapter.draft import Draft
from tests.adapter.serving import Doing, outbound, small_bot
from tests.adapter.wire import exchange

Values = dict[str, str | None]
HELLO = {"type": "message", "text": "hello"}
PUBLIC = CLOUDS[ChannelService.PUBLIC]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(values: dict[str, str]) -> Values:
    return dict(values)


@pytest.fixture
def identity(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> Microsoft:
    """A machine with a managed identity, whose tokens the SDK has not seen yet."""
    for name, value in microsoft.managed_identity_environment.items():
        monkeypatch.setenv(name, value)
    cache = ManagedIdentityAppCredentials.global_token_cache
    for kept in list(cache.search(TokenCache.CredentialType.ACCESS_TOKEN)):
        cache.remove_at(kept)
    return microsoft


async def say_hello(seam: Seam, microsoft: Microsoft) -> str:
    to = ConversationReference(microsoft.service_url, "a:1chat", microsoft.tenant_id)
    return await seam.connector.send(to, HELLO)


async def failure(settings: Values, microsoft: Microsoft) -> ConnectorError:
    async with outbound(settings) as seam:
        with pytest.raises(ConnectorError) as error:
            await say_hello(seam, microsoft)
    return error.value


async def test_a_secret_of_our_own_tenant(settings: Values, microsoft: Microsoft) -> None:
    microsoft.entra.directories = {microsoft.tenant_id: microsoft.tenant_id}
    async with outbound(settings) as seam:
        for _ in range(5):
            await say_hello(seam, microsoft)
    assert microsoft.entra.token_requests == 1
    assert len(microsoft.connector.activities) == 5


async def test_a_secret_of_a_bot_for_many_tenants(settings: Values, microsoft: Microsoft) -> None:
    del microsoft.entra.directories[microsoft.tenant_id]
    settings |= {"MicrosoftAppType": "MultiTenant", "MicrosoftAppTenantId": None, "ALLOWED_TENANTS": "*"}
    async with outbound(settings) as seam:
        await say_hello(seam, microsoft)
    assert microsoft.entra.token_requests == 1


async def test_a_certificate(settings: Values, microsoft: Microsoft, tmp_path: Path) -> None:
    certificate, path = new_bot_certificate(), tmp_path / "bot.pem"
    path.write_text(certificate.private_key, "ascii")
    microsoft.entra.register(certificate.certificate)
    settings |= {"MicrosoftAppPassword": None, "MicrosoftAppCertificatePath": str(path)}
    settings |= {"MicrosoftAppCertificateThumbprint": certificate.thumbprint}
    async with outbound(settings) as seam:
        await say_hello(seam, microsoft)
        await say_hello(seam, microsoft)
    assert microsoft.entra.token_requests == 1
    microsoft.entra.certificates.clear()
    assert "AADSTS700027" in (await failure(settings, microsoft)).message


async def test_a_managed_identity(settings: Values, identity: Microsoft) -> None:
    settings |= {"MicrosoftAppPassword": None, "MicrosoftAppType": "UserAssignedMSI"}
    async with outbound(settings) as seam:
        for _ in range(3):
            await say_hello(seam, identity)
    assert (identity.identity.requests.total(), identity.entra.requests.total()) == (1, 0)


async def test_a_managed_identity_that_is_refused_in_its_own_words(
    settings: Values, identity: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings |= {"MicrosoftAppPassword": None, "MicrosoftAppType": "UserAssignedMSI"}
    monkeypatch.setenv("IDENTITY_HEADER", "guessed")
    async with outbound(settings) as seam:
        with pytest.raises(ConnectorError, match="401, Unauthorized"):
            await say_hello(seam, identity)
        monkeypatch.setenv("IDENTITY_HEADER", identity.identity.header)
    async with outbound(settings) as seam:
        assert await say_hello(seam, identity)


async def test_a_refused_secret_is_our_error_and_told_in_entras_words(
    values: dict[str, str], microsoft: Microsoft
) -> None:
    async def answer(context: TurnContext) -> None:
        await context.send_activity("hello")

    values["MicrosoftAppPassword"] = "wrong"
    async with small_bot(values, microsoft, Doing(answer)) as bot:
        with capture_logs() as lines:
            replies = [await exchange(bot.url, Draft(microsoft).wire()) for _ in range(3)]
    assert [reply.status for reply in replies] == [500, 500, 500]
    assert {*replies[0].json()} == {"error", "trace_id"}
    told = [line["error"] for line in lines if line["event"] == "no connector token"]
    assert len(told) == microsoft.entra.token_requests == 1
    assert "AADSTS7000215: Invalid client secret provided." in told[0]


async def test_a_refused_secret_is_tried_again_after_a_while(microsoft: Microsoft) -> None:
    clock = Seconds(time.time())
    microsoft.entra.expired_secrets.add(microsoft.app_secret)
    async with token_of(microsoft, clock) as token:
        for _ in range(3):
            with pytest.raises(CredentialsError, match="AADSTS7000222"):
                await token.get()
        assert microsoft.entra.token_requests == 1
        microsoft.entra.expired_secrets.clear()
        clock.pass_by(3)
        assert await token.get()


@asynccontextmanager
async def token_of(microsoft: Microsoft, clock: Seconds, within: float = 5) -> AsyncIterator[ConnectorToken]:
    factory = PasswordServiceClientCredentialFactory(microsoft.app_id, microsoft.app_secret, microsoft.tenant_id)
    scope = (microsoft.app_id, PUBLIC.oauth_scope, PUBLIC.login_endpoint, True)
    credentials = CachedCredentials(factory)
    async with open_session(proxy_from_environment=True) as session:
        token = ConnectorToken(lambda: credentials.create_credentials(*scope), session, clock, within)
        yield token
        await token.close()


@pytest.fixture
def clock() -> Seconds:
    return Seconds(time.time())


@pytest.fixture
async def token(microsoft: Microsoft, clock: Seconds) -> AsyncIterator[ConnectorToken]:
    async with token_of(microsoft, clock) as made:
        yield made


async def test_ten_who_wait_share_one_exchange(token: ConnectorToken, microsoft: Microsoft) -> None:
    microsoft.entra.faults.add(delay(0.1), path="/token")
    assert len(set(await asyncio.gather(*(token.get() for _ in range(10))))) == 1
    assert microsoft.entra.token_requests == 1


async def test_one_who_leaves_takes_nothing_from_the_others(token: ConnectorToken, microsoft: Microsoft) -> None:
    microsoft.entra.faults.add(delay(0.1), path="/token")
    first, second = (asyncio.ensure_future(token.get()) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    assert await second
    assert microsoft.entra.token_requests == 1


async def exchanged(microsoft: Microsoft, count: int) -> None:
    """Wait until so many tokens were asked for."""
    async with asyncio.timeout(5):
        while microsoft.entra.token_requests < count:  # noqa: ASYNC110 - counted in another thread
            await asyncio.sleep(0.01)


async def test_a_token_is_renewed_ahead_while_the_old_one_serves(
    token: ConnectorToken, microsoft: Microsoft, clock: Seconds
) -> None:
    microsoft.entra.lifetime = 200
    old = await token.get()
    clock.pass_by(9)
    assert await token.get() == old
    assert microsoft.entra.token_requests == 1
    microsoft.entra.faults.add(delay(0.2), path="/token")
    clock.pass_by(1)
    for _ in range(3):
        assert await token.get() == old
        assert microsoft.entra.token_requests == 1
    await exchanged(microsoft, 2)
    assert await token.get()


async def test_a_token_is_not_renewed_before_its_last_five_minutes(
    token: ConnectorToken, microsoft: Microsoft, clock: Seconds
) -> None:
    await token.get()
    clock.pass_by(3599 - 301)
    await token.get()
    await asyncio.sleep(0.05)
    assert microsoft.entra.token_requests == 1


async def test_a_token_that_cannot_be_renewed_serves_to_its_last_minute(
    token: ConnectorToken, microsoft: Microsoft, clock: Seconds
) -> None:
    microsoft.entra.lifetime = 200
    old = await token.get()
    microsoft.entra.faults.add(respond(503), times=None, path="/token")
    for _ in range(10):
        clock.pass_by(13)
        assert await token.get() == old
        await asyncio.sleep(0.02)
    clock.pass_by(13)
    with pytest.raises(CredentialsError):
        await token.get()
    assert microsoft.entra.faults.played >= 2


ELSEWHERE = {"Location": "https://smba.trafficmanager.net/"}


@pytest.mark.parametrize(
    "fault",
    [
        close(),
        garbage(),
        respond(503, body="<html>"),
        respond(200, body="["),
        respond(200, body=b" " * (1024 * 1024 + 1)),
        respond(307, headers=ELSEWHERE),
    ],
)
async def test_an_entra_that_stumbles_is_asked_again_within_the_call(
    settings: Values, microsoft: Microsoft, fault: object
) -> None:
    microsoft.entra.faults.add(fault, times=2, path="/token")  # type: ignore[arg-type]
    async with outbound(settings) as seam:
        assert await say_hello(seam, microsoft)
    assert microsoft.connector.requests.total() == len(microsoft.connector.activities) == 1


async def test_a_hanging_entra_holds_up_the_waiting_one_only(microsoft: Microsoft, clock: Seconds) -> None:
    microsoft.entra.faults.add(hang(), path="/token")
    async with token_of(microsoft, clock, within=1) as token:
        waiting = asyncio.ensure_future(token.get())
        for _ in range(50):
            await asyncio.sleep(0.002)
        assert not waiting.done()
        with pytest.raises(CredentialsError, match="did not answer within"):
            await waiting
        assert await token.get()


async def test_a_thread_that_was_left_behind_ends_too(microsoft: Microsoft, clock: Seconds) -> None:
    microsoft.entra.faults.add(hang(), times=None)
    async with token_of(microsoft, clock, within=0.5) as token:
        with pytest.raises(CredentialsError, match="did not answer within"):
            await token.get()
    async with asyncio.timeout(10):
        while any(thread.name == "token" for thread in threading.enumerate()):  # noqa: ASYNC110 - a thread's end
            await asyncio.sleep(0.05)


async def test_a_hanging_entra_does_not_stretch_the_calls_time(settings: Values, microsoft: Microsoft) -> None:
    microsoft.entra.faults.add(hang(), path="/token")
    to = ConversationReference(microsoft.service_url, "a:1chat", microsoft.tenant_id)
    async with outbound(settings) as seam, asyncio.timeout(5):
        with pytest.raises(ConnectorError) as error:
            await seam.connector.send(to, HELLO, within=0.3)
    assert (error.value.code, error.value.retryable, error.value.maybe_delivered) == ("CredentialsError", True, False)


def test_a_hanging_call_does_not_keep_the_process_from_ending() -> None:
    program = """
import asyncio, contextlib, threading
from adapter.threads import in_thread
async def main():
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(in_thread(lambda: threading.Event().wait(60), "hangs"), 0.05)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=20, check=False, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("text", "expiry"),
    [
        ("", 7.0),
        ("opaque", 7.0),
        ("a.b.c", 7.0),
        ("a.e30.c", 7.0),
        ("a.W10.c", 7.0),
        ("a.eyJleHAiOiI1In0.c", 7.0),
        ("a.eyJleHAiOjV9.c", 5.0),
        ("a.eyJleHAiOjUuNX0.c", 5.5),
    ],
)
def test_when_a_token_expires(text: str, expiry: float) -> None:
    assert expiry_of(text, default=7.0) == expiry
