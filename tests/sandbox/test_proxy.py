import asyncio
import ssl
import subprocess
import sys
from urllib.parse import urlsplit

import aiohttp
import certifi
import pytest

from sandbox.microsoft import Microsoft


async def test_a_host_that_is_not_microsofts_is_refused(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.ClientHttpProxyError) as refused:
        await session.get("https://evil.example/")
    assert refused.value.status == 502
    assert ms.proxy.refused == {"evil.example": 1}


async def test_a_host_can_be_made_unreachable(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    ms.proxy.unreachable.add("login.botframework.com")
    with pytest.raises(aiohttp.ClientHttpProxyError):
        await session.get("https://login.botframework.com/")
    ms.reset()
    async with session.get("https://login.botframework.com/") as response:
        assert response.status == 404


@pytest.mark.parametrize("head", [b"GET http://login.botframework.com/ HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n"])
async def test_the_proxy_understands_connect_only(ms: Microsoft, head: bytes) -> None:
    address = urlsplit(ms.environment["HTTPS_PROXY"])
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(head)
    assert (await reader.read()).startswith(b"HTTP/1.1 405 ")
    writer.close()


async def test_who_does_not_trust_the_throw_away_authority_gets_no_connection(ms: Microsoft) -> None:
    distrustful = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=certifi.where()))
    async with aiohttp.ClientSession(trust_env=True, connector=distrustful) as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get("https://login.botframework.com/")
    assert not ms.openid.requests


async def test_the_certificate_passes_the_strictest_checks(ms: Microsoft) -> None:
    context = ssl.create_default_context(cafile=str(ms.ca_bundle))
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    connector = aiohttp.TCPConnector(ssl=context)
    async with (
        aiohttp.ClientSession(trust_env=True, connector=connector) as session,
        session.get("https://smba.trafficmanager.net/") as response,
    ):
        assert response.status == 401


async def test_connections_are_counted_and_not_requests(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    for _ in range(3):
        async with session.get("https://api.botframework.com/v3/conversations") as response:
            assert response.status == 404
            await response.read()
    assert ms.connections == {"api.botframework.com": 1}
    assert ms.proxy.connections == {"api.botframework.com": 1}
    assert ms.bot_framework_api.requests == {"GET /v3/conversations": 3}


def test_the_command_line_says_how_to_reach_it() -> None:
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = list(iter(running.stdout.readline, "# Running until Ctrl-C\n"))
        running.terminate()
        assert running.wait(10) == 0
    exported = {line.split()[1].partition("=")[0] for line in lines if line.startswith("export ")}
    assert exported >= {"HTTPS_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "MicrosoftAppPassword", "SENTRY_URLS"}
