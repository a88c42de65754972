"""What Teams sends again does nothing twice; what failed may be sent again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from store import Store
from tests.databases import let_pass
from tests.store.conftest import Query
from tests.store.places import KEYS, NOW, SERVICE_URL, TEAM, arrival


@pytest.fixture
async def other(url: str, store: Store) -> AsyncIterator[Store]:
    opened = await Store.open(url, cipher_keys=KEYS)
    yield opened
    await opened.close()


async def test_of_many_at_once_in_two_processes_one_is_the_first(store: Store, other: Store) -> None:
    asked = (one.begin_turn(TEAM, SERVICE_URL, "activity") for one in (store, other) * 10)
    assert sorted(await asyncio.gather(*asked)) == [False] * 19 + [True]
    assert await store.begin_turn(TEAM, SERVICE_URL, "another")


async def test_what_was_carried_out_is_remembered(store: Store, other: Store, url: str) -> None:
    await store.begin_turn(TEAM, SERVICE_URL, "activity")
    await store.turn_done("activity")
    let_pass(url, 3600)
    assert not await other.begin_turn(TEAM, SERVICE_URL, "activity")


async def test_what_failed_is_not_remembered(store: Store, other: Store) -> None:
    await store.begin_turn(TEAM, SERVICE_URL, "activity")
    await store.turn_failed("activity")
    assert await other.begin_turn(TEAM, SERVICE_URL, "activity")


async def test_a_turn_whose_process_died_may_be_run_again_by_one(store: Store, other: Store, url: str) -> None:
    await store.begin_turn(TEAM, SERVICE_URL, "activity")
    let_pass(url, 58)
    assert not await other.begin_turn(TEAM, SERVICE_URL, "activity")
    let_pass(url, 3)
    asked = (one.begin_turn(TEAM, SERVICE_URL, "activity") for one in (store, other) * 3)
    assert sorted(await asyncio.gather(*asked)) == [False] * 5 + [True]


async def test_a_turn_tells_where_its_place_is_reached(store: Store, query: Query) -> None:
    await store.arrive(arrival(), "nonce", NOW)
    await store.begin_turn(TEAM, "https://smba.trafficmanager.net/emea/", "activity")
    assert query("SELECT service_url FROM installations") == [("https://smba.trafficmanager.net/emea/",)]
