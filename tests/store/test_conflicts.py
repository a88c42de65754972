import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from model import Installation
from store import Store
from store.transaction import Transaction
from store.worker import ALONE
from tests.store.conftest import ask
from tests.store.places import ACME, GLOBEX, KEYS, NOW, arrival, later, team

RENAME = text("UPDATE installations SET name = name || :letter WHERE place_id = :place")
PAUSE = text("SELECT pg_sleep(0.05)")


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[list[Store]]:
    """Two processes' stores on one PostgreSQL."""
    async with AsyncExitStack() as stack:
        opened = [await Store.open(postgres_url, cipher_keys=KEYS, connections=12) for _ in range(2)]
        for store in opened:
            stack.push_async_callback(store.close)
        yield opened


async def installed(store: Store, count: int) -> list[Installation]:
    asked = [store.arrive(arrival(team(number)), f"nonce {number}", NOW) for number in range(count)]
    return [installation for installation in await asyncio.gather(*asked) if installation]


@pytest.mark.parametrize("order", [ALONE, ""])
async def test_a_deadlock_between_processes_harms_neither(stores: list[Store], order: str | None) -> None:
    await installed(stores[0], 2)

    def append(letter: str, *numbers: int) -> Callable[[Transaction], None]:
        def operation(transaction: Transaction) -> None:
            for number in numbers:
                transaction.execute(RENAME, {"letter": letter, "place": team(number).place_id})
                transaction.execute(PAUSE, {}).close()

        return operation

    await asyncio.gather(
        stores[0]._writer.run(append("a", 0, 1), order), stores[1]._writer.run(append("b", 1, 0), order)
    )
    for number in range(2):
        found = await stores[0].find(team(number))
        assert found is not None
        assert sorted(found.name.removeprefix("Backend")) == ["a", "b"]


async def test_arrivals_and_welcomes_of_two_processes_do_not_get_stuck(stores: list[Store]) -> None:
    installations = await installed(stores[0], 60)

    async def everything(store: Store, backwards: bool) -> None:
        ordered = installations[::-1] if backwards else installations
        again = [store.arrive(arrival(one.place, at=later(1)), "again", later(1)) for one in ordered]
        welcomes = [store.welcomed(one.id, "activity", later(1)) for one in ordered[::-1]]
        await asyncio.gather(*again, *welcomes)

    async with asyncio.timeout(10):
        await asyncio.gather(*(everything(store, backwards) for store in stores for backwards in (True, False)))
    for installation in installations:
        found = await stores[1].find(installation.place)
        assert found is not None
        assert found.welcome_activity_id == "activity"


async def test_places_that_swap_their_organizations_at_once_end_up_connected(stores: list[Store]) -> None:
    installations = await installed(stores[0], 30)

    async def set_up(turn: int, number: int) -> None:
        store, installation = stores[number % 2], installations[number]
        await store.new_setup_link(installation.place, f"turn {turn}")
        organization = (ACME, GLOBEX)[(turn + number) % 2]
        await store.disconnect(installation.place, "29:the-user", NOW)
        assert await store.connect(installation.id, f"turn {turn}", organization, "29:the-user", NOW)

    for turn in range(4):
        await asyncio.gather(*(set_up(turn, number) for number in range(30)))
    for number, installation in enumerate(installations):
        found = await stores[0].find(installation.place)
        assert found is not None
        assert found.connection is not None
        assert found.connection.organization_slug == ("acme", "globex")[(3 + number) % 2]
        assert await stores[0].token(found.connection) == (ACME, GLOBEX)[(3 + number) % 2].token


async def test_the_last_two_places_that_leave_an_organization_at_once_take_its_token_along(
    stores: list[Store], postgres_url: str
) -> None:
    places = await installed(stores[0], 2)
    for turn in range(8):
        for installation in places:
            await stores[0].new_setup_link(installation.place, f"turn {turn}")
            await stores[0].connect(installation.id, f"turn {turn}", ACME, "29:the-user", NOW)
        leaving = zip(stores, places, strict=True)
        await asyncio.gather(*(store.disconnect(left.place, "29:the-user", NOW) for store, left in leaving))
        assert ask(postgres_url, "SELECT slug FROM organizations") == []


async def test_the_last_place_to_leave_an_organization_and_one_that_joins_it(stores: list[Store]) -> None:
    leaving, joining = await installed(stores[0], 2)
    for turn in range(8):
        for installation in (leaving, joining):
            await stores[0].new_setup_link(installation.place, f"turn {turn}")
        await stores[0].connect(leaving.id, f"turn {turn}", ACME, "29:the-user", NOW)
        _, joined = await asyncio.gather(
            stores[0].disconnect(leaving.place, "29:the-user", NOW),
            stores[1].connect(joining.id, f"turn {turn}", ACME, "29:the-user", NOW),
        )
        assert joined is not None
        assert joined.connection is not None
        assert await stores[0].token(joined.connection) == ACME.token
        await stores[0].disconnect(joining.place, "29:the-user", NOW)
