import pytest

from model import PlaceKind
from store import Store
from tests.store.conftest import Query
from tests.store.places import ACME, GLOBEX, NOW, TEAM, arrival, later, team


async def test_a_removed_place_is_gone(store: Store) -> None:
    await store.arrive(arrival(), "nonce", NOW)
    assert await store.remove(TEAM, later(10), "29:admin") is True
    assert await store.find(TEAM) is None
    assert await store.new_setup_link(TEAM, "new") is None
    assert await store.pending_welcomes(later(999), 10) == []


async def test_nothing_but_the_key_is_left_of_a_removed_place(store: Store, query: Query) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    await store.welcomed(installation.id, "activity", NOW)
    await store.unreachable(TEAM, "403", NOW)
    await store.connect(installation.id, "nonce", ACME, "29:the-user", NOW)
    await store.new_setup_link(TEAM, "another")
    await store.remove(TEAM, later(10), "29:admin")
    kept = "id, tenant_id, place_id, kind, installed_at = removed_at"
    emptied = "name || service_url || conversation_id || user_id"
    nulls = (
        "setup_nonce, used_nonce, welcome_claim, welcome_claimed_at, welcome_activity_id, welcomed_at, "
        "welcome_delivery_id, unreachable_at, unreachable_reason"
    )
    (row,) = query(f"SELECT {kept}, {emptied}, {nulls} FROM installations")  # noqa: S608
    assert row == (installation.id, TEAM.tenant_id, TEAM.place_id, "team", True, "", *[None] * 9)
    assert query("SELECT * FROM connections") == []
    assert query("SELECT * FROM organizations") == []


async def test_a_removal_at_the_very_time_of_the_add_counts(store: Store) -> None:
    await store.arrive(arrival(), "nonce", NOW)
    assert await store.remove(TEAM, NOW, "29:admin") is True
    assert await store.find(TEAM) is None


async def test_a_second_removal_finds_nothing(store: Store) -> None:
    await store.arrive(arrival(), "nonce", NOW)
    assert await store.remove(TEAM, later(10), "29:admin") is True
    assert await store.remove(TEAM, later(10), "29:admin") is False
    assert await store.remove(TEAM, later(20), "29:admin") is False


async def test_an_add_after_the_removal_greets_again_with_a_new_link(store: Store) -> None:
    await store.arrive(arrival(), "first", NOW)
    await store.remove(TEAM, later(10), "29:admin")
    installation = await store.arrive(arrival(at=later(11), name="Renamed"), "second", later(11))
    assert installation is not None
    assert (installation.name, installation.setup_nonce, installation.used_nonce) == ("Renamed", "second", None)
    assert await store.arrive(arrival(at=later(11)), "third", later(11)) is None
    assert await store.find(TEAM) == installation


async def test_a_new_add_does_not_bring_back_the_old_connection(store: Store) -> None:
    installation = await store.arrive(arrival(), "first", NOW)
    assert installation is not None
    await store.connect(installation.id, "first", ACME, "29:the-user", NOW)
    await store.remove(TEAM, later(10), "29:admin")
    again = await store.arrive(arrival(at=later(11)), "second", later(11))
    assert again is not None
    assert again.connection is None
    assert again.welcome_activity_id is None


@pytest.mark.parametrize("seconds", [0, 5, 10])
async def test_an_add_that_is_not_newer_than_the_removal_is_refused(store: Store, seconds: float) -> None:
    await store.arrive(arrival(), "first", NOW)
    await store.remove(TEAM, later(10), "29:admin")
    assert await store.arrive(arrival(at=later(seconds)), "second", later(99)) is None
    assert await store.find(TEAM) is None


async def test_a_removal_that_overtakes_its_add_refuses_it(store: Store) -> None:
    assert await store.remove(TEAM, later(10), "29:admin") is False
    assert await store.arrive(arrival(at=later(9)), "first", later(11)) is None
    assert await store.arrive(arrival(at=later(10)), "second", later(11)) is None
    assert await store.find(TEAM) is None
    assert await store.arrive(arrival(at=later(12)), "third", later(12))


async def test_the_latest_of_two_removals_counts(store: Store) -> None:
    await store.arrive(arrival(), "first", NOW)
    await store.remove(TEAM, later(10), "29:admin")
    await store.remove(TEAM, later(20), "29:admin")
    await store.remove(TEAM, later(15), "29:admin")
    assert await store.arrive(arrival(at=later(18)), "second", later(21)) is None
    assert await store.arrive(arrival(at=later(21)), "third", later(21))


async def test_a_removal_that_is_older_than_the_add_is_ignored(store: Store) -> None:
    await store.arrive(arrival(at=later(10)), "nonce", later(10))
    assert await store.remove(TEAM, later(9), "29:admin") is False
    assert await store.find(TEAM)


async def test_a_late_removal_between_two_adds_is_ignored(store: Store) -> None:
    await store.arrive(arrival(), "first", NOW)
    await store.arrive(arrival(at=later(20)), "second", later(20))
    assert await store.remove(TEAM, later(10), "29:admin") is False
    assert await store.find(TEAM)


async def test_an_organization_stays_as_long_as_a_place_uses_it(store: Store, query: Query) -> None:
    for number, organization in enumerate([ACME, ACME, GLOBEX]):
        installation = await store.arrive(arrival(team(number)), f"nonce {number}", NOW)
        assert installation is not None
        await store.connect(installation.id, f"nonce {number}", organization, "29:the-user", NOW)
    slugs = "SELECT slug FROM organizations ORDER BY slug"
    await store.remove(team(0), later(1), "29:admin")
    assert query(slugs) == [("acme",), ("globex",)]
    await store.remove(team(1), later(1), "29:admin")
    assert query(slugs) == [("globex",)]


async def test_every_kind_of_place_keeps_its_kind(store: Store) -> None:
    for number, kind in enumerate(PlaceKind):
        place = team(number).__class__(TEAM.tenant_id, f"place {number}", kind)
        await store.arrive(arrival(place), "nonce", NOW)
        found = await store.find(place)
        assert found is not None
        assert found.place == place


async def test_what_happens_to_a_removed_place_leaves_it_removed(store: Store, query: Query) -> None:
    installation = await store.arrive(arrival(), "nonce", NOW)
    assert installation is not None
    await store.remove(TEAM, later(10), "29:admin")
    await store.rename(TEAM, "Renamed")
    await store.heard(TEAM, "https://elsewhere.example")
    await store.unreachable(TEAM, "403", later(11))
    await store.welcomed(installation.id, "activity", later(11))
    assert await store.connect(installation.id, "nonce", ACME, "29:the-user", later(11)) is None
    assert await store.disconnect(TEAM, "29:the-user", later(11)) is None
    assert query("SELECT name, service_url, welcome_activity_id, welcomed_at FROM installations") == [
        ("", "", None, None)
    ]
