from collections.abc import AsyncIterator

import pytest

from adapter.http import open_session
from sandbox.microsoft import Microsoft
from tests.services.carriers import Carriers


@pytest.fixture
async def carriers(url: str, microsoft: Microsoft) -> AsyncIterator[Carriers]:
    """Processes that carry deliveries, on one database of each kind; none runs yet."""
    async with open_session(proxy_from_environment=True) as session:
        running = Carriers(url, microsoft, session)
        yield running
        await running.stop()
