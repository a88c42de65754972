import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.microsoft import Microsoft


@pytest.fixture
def ms(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> Microsoft:
    """Microsoft's side without a past; this process is pointed at it, managed identity included."""
    for name, value in microsoft.managed_identity_environment.items():
        monkeypatch.setenv(name, value)
    return microsoft


@pytest.fixture
async def session(ms: Microsoft) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that knows the way to Microsoft from the environment alone."""
    assert ms.environment
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context())
    async with aiohttp.ClientSession(trust_env=True, connector=connector) as client:
        yield client
