from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from store import Store
from tests.databases import ask
from tests.store.places import KEYS

__all__ = ["Query", "ask", "query", "store"]
Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url, cipher_keys=KEYS)
    yield opened
    await opened.close()


@pytest.fixture
def query(url: str) -> Query:
    """Asks the database itself, past the store."""
    return lambda statement: ask(url, statement)
