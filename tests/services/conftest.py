from collections.abc import AsyncIterator, Callable

import pytest

from adapter.http import open_session
from sandbox.microsoft import Microsoft
from tests.services.carriers import Carriers

Texts = Callable[[], list[str]]


@pytest.fixture
async def carriers(url: str, microsoft: Microsoft) -> AsyncIterator[Carriers]:
    """Processes that carry deliveries, on one database of each kind; none runs yet."""
    async with open_session(proxy_from_environment=True) as session:
        running = Carriers(url, microsoft.entra.token(), microsoft.app_id, session)
        yield running
        await running.stop()


@pytest.fixture
def texts(microsoft: Microsoft) -> Texts:
    """What stands in Teams, in order; each replacement counts."""
    return lambda: [posted.activity["summary"] for posted in microsoft.connector.activities]
