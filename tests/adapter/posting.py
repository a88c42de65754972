"""What tests of posting have in common."""

from collections.abc import Awaitable

import pytest

from adapter.errors import ConnectorError
from sandbox.microsoft import Microsoft

HOST = "smba.trafficmanager.net"
HELLO = {"type": "message", "text": "hello"}
AT_ONCE = {"Retry-After": "0"}


async def failure(work: Awaitable[object]) -> ConnectorError:
    """Return the error that posting ends with."""
    with pytest.raises(ConnectorError) as error:
        await work
    return error.value


def calls(microsoft: Microsoft) -> int:
    """Return how often the connector was called."""
    return microsoft.connector.requests.total()
