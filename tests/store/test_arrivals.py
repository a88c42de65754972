import asyncio
from datetime import UTC

import pytest

from model import Place, PlaceKind
from store import Store, StoreRejected
from tests.store.conftest import Query
from tests.store.places import ACME, NOW, TEAM, TENANT, arrival, later, team


async def test_whoever_records_a_new_place_welcomes_it(store: Store) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    assert installation.place == TEAM
    assert installation.name == "Backend"
    assert installation.conversation == arrival().conversation
    assert installation.user_id == "29:the-user"
    assert installation.setup_nonce == "nonce"
    assert installation.connection is None
    assert await store.find(TEAM) == installation


async def test_a_time_comes_back_as_it_went_in_and_with_its_zone(store: Store) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    assert installation.installed_at == NOW
    assert installation.installed_at.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreRejected, match="zone"):
        await store.arrive(arrival(at=NOW.replace(tzinfo=None)), "nonce", NOW)


@pytest.mark.parametrize("seconds", [-0.2, 0, 0.2, 300])
async def test_the_second_event_of_an_installation_welcomes_nobody(store: Store, query: Query, seconds: float) -> None:
    await store.arrive(arrival(), "first", NOW)
    assert await store.arrive(arrival(at=later(seconds)), "second", later(0.2)) is None
    assert query("SELECT count(*), max(setup_nonce) FROM installations") == [(1, "first")]


async def test_of_many_at_once_exactly_one_welcomes(store: Store) -> None:
    asked = [store.arrive(arrival(at=later(i % 3)), f"nonce {i}", NOW) for i in range(50)]
    welcoming = [installation for installation in await asyncio.gather(*asked) if installation]
    assert len(welcoming) == 1


async def test_many_places_at_once_are_each_welcomed_once(store: Store) -> None:
    asked = [store.arrive(arrival(team(i % 100)), f"nonce {i}", NOW) for i in range(200)]
    welcoming = [installation.place for installation in await asyncio.gather(*asked) if installation]
    assert sorted(welcoming, key=str) == sorted((team(i) for i in range(100)), key=str)


async def test_the_same_id_in_another_tenant_is_another_place(store: Store) -> None:
    other = Place("another tenant", TEAM.place_id, PlaceKind.TEAM)
    assert await store.arrive(arrival(), "one", NOW)
    assert await store.arrive(arrival(other), "two", NOW)


async def test_a_welcome_that_was_sent_is_not_sent_again(store: Store) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    await store.welcomed(installation.id, "activity 1", NOW)
    assert await store.arrive(arrival(at=later(90)), "again", later(90)) is None
    found = await store.find(TEAM)
    assert found is not None
    assert found.welcome_activity_id == "activity 1"


async def test_a_welcome_whose_claimer_died_goes_to_the_next_with_the_same_link(store: Store) -> None:
    await store.arrive(arrival(), "first", NOW)
    assert await store.arrive(arrival(), "second", later(60)) is None
    taken = await store.arrive(arrival(), "third", later(61))
    assert taken is not None
    assert taken.setup_nonce == "first"
    assert await store.arrive(arrival(), "fourth", later(62)) is None


async def test_a_finished_setup_needs_no_welcome(store: Store) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    await store.connect(installation.id, "nonce", ACME, "29:the-user", NOW)
    assert await store.arrive(arrival(), "again", later(61)) is None
    assert await store.pending_welcomes(later(120), 10) == []


async def test_an_activity_id_is_kept_even_if_the_setup_was_finished_first(store: Store) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    await store.connect(installation.id, "nonce", ACME, "29:the-user", NOW)
    await store.welcomed(installation.id, "activity 1", later(1))
    found = await store.find(TEAM)
    assert found is not None
    assert found.welcome_activity_id == "activity 1"


async def test_pending_welcomes_are_those_that_nobody_finished(store: Store) -> None:
    claimed, also_claimed, sent, recent = [
        await store.arrive(arrival(team(i), at=later(i)), f"nonce {i}", later(90 if i == 3 else i)) for i in range(4)
    ]
    assert claimed
    assert also_claimed
    assert sent
    assert recent
    await store.welcomed(sent.id, "activity", NOW)
    assert [installation.id for installation in await store.pending_welcomes(later(30), 10)] == [
        claimed.id,
        also_claimed.id,
    ]
    assert len(await store.pending_welcomes(later(30), 1)) == 1


async def test_a_later_add_brings_the_newer_address(store: Store) -> None:
    await store.arrive(arrival(), "first", NOW)
    await store.arrive(arrival(at=later(1), service_url="https://smba.trafficmanager.net/emea/"), "second", later(1))
    await store.arrive(arrival(at=later(0.5), service_url="https://smba.trafficmanager.net/in/"), "third", later(1))
    found = await store.find(TEAM)
    assert found is not None
    assert found.conversation.service_url == "https://smba.trafficmanager.net/emea/"
    assert found.installed_at == later(1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Größe 🚀 日本", "Größe 🚀 日本"), ("a\0b", "ab"), ("half \ud83d", "half ?"), ("", ""), ("x" * 5000, "x" * 5000)],
)
async def test_a_name_is_kept_as_far_as_text_goes(store: Store, name: str, kept: str) -> None:
    await store.arrive(arrival(name=name), "nonce", NOW)
    found = await store.find(TEAM)
    assert found is not None
    assert found.name == kept


async def test_an_id_that_is_no_text_is_refused(store: Store) -> None:
    with pytest.raises(StoreRejected):
        await store.arrive(arrival(Place(TENANT, "19:\ud83d", PlaceKind.TEAM)), "nonce", NOW)
