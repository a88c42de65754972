import asyncio
from dataclasses import replace

import pytest

from store import SecretUnreadable, Store
from tests.store.conftest import Query
from tests.store.places import ACME, GLOBEX, KEYS, NOW, TEAM, arrival, later, team


async def installed(store: Store, nonce: str = "nonce") -> int:
    installation = await store.arrive(arrival(), nonce, NOW)
    assert installation is not None
    return installation.id


async def test_a_finished_setup_connects_the_place(store: Store) -> None:
    connected = await store.connect(await installed(store), "nonce", ACME, "29:the-user", later(5))
    assert connected is not None
    connection = connected.connection
    assert connection is not None
    assert (connection.sentry_url, connection.organization_slug) == ("https://sentry.io", "acme")
    assert (connection.organization_name, connection.connected_by) == ("Acme Inc.", "29:the-user")
    assert connection.connected_at == later(5)
    assert await store.find(TEAM) == connected


async def test_a_link_works_once(store: Store) -> None:
    installation_id = await installed(store)
    first = await store.connect(installation_id, "nonce", ACME, "29:the-user", NOW)
    assert first is not None
    assert (first.setup_nonce, first.used_nonce) == (None, "nonce")
    assert await store.connect(installation_id, "nonce", GLOBEX, "29:the-user", NOW) is None
    assert await store.find(TEAM) == first


async def test_of_two_who_finish_one_link_one_wins(store: Store) -> None:
    installation_id = await installed(store)
    finished = await asyncio.gather(
        *(store.connect(installation_id, "nonce", org, "29:the-user", NOW) for org in (ACME, GLOBEX, ACME))
    )
    assert len([one for one in finished if one]) == 1


@pytest.mark.parametrize("wrong", ["", "other", "NONCE"])
async def test_another_nonce_changes_nothing(store: Store, query: Query, wrong: str) -> None:
    assert await store.connect(await installed(store), wrong, ACME, "29:the-user", NOW) is None
    assert query("SELECT * FROM organizations") == []


async def test_a_new_link_replaces_the_old_one(store: Store) -> None:
    installation_id = await installed(store, "old")
    renewed = await store.new_setup_link(TEAM, "new")
    assert renewed is not None
    assert renewed.setup_nonce == "new"
    assert await store.connect(installation_id, "old", ACME, "29:the-user", NOW) is None
    assert await store.connect(installation_id, "new", ACME, "29:the-user", NOW)


async def test_a_new_link_tells_what_is_connected(store: Store) -> None:
    connected = await store.connect(await installed(store), "nonce", ACME, "29:the-user", NOW)
    assert connected is not None
    renewed = await store.new_setup_link(TEAM, "new")
    assert renewed is not None
    assert renewed.connection == connected.connection
    assert renewed.used_nonce == "nonce"


async def test_there_is_no_link_for_a_place_that_nobody_knows(store: Store, query: Query) -> None:
    assert await store.new_setup_link(TEAM, "new") is None
    assert query("SELECT * FROM installations") == []


async def test_a_setup_for_another_organization_adds_a_connection(store: Store, query: Query) -> None:
    installation_id = await installed(store)
    await store.connect(installation_id, "nonce", ACME, "29:the-user", NOW)
    await store.new_setup_link(TEAM, "new")
    again = await store.connect(installation_id, "new", GLOBEX, "29:other", later(1))
    assert again is not None
    assert [each.organization_slug for each in again.connections] == ["acme", "globex"]
    assert query("SELECT slug FROM organizations ORDER BY slug") == [("acme",), ("globex",)]


async def test_one_of_several_connections_is_cut(store: Store, query: Query) -> None:
    installation_id = await installed(store)
    await store.connect(installation_id, "nonce", ACME, "29:the-user", NOW)
    await store.new_setup_link(TEAM, "new")
    both = await store.connect(installation_id, "new", GLOBEX, "29:other", later(1))
    assert both is not None
    cut = await store.disconnect(TEAM, "29:other", later(2), both.connections[1].id)
    assert cut == both.connections[1]
    left = await store.find(TEAM)
    assert left is not None
    assert left.connections == both.connections[:1]
    assert query("SELECT slug FROM organizations") == [("acme",)]


async def test_the_same_organization_again_brings_the_new_token_and_name(store: Store, query: Query) -> None:
    installation_id = await installed(store)
    await store.connect(installation_id, "nonce", ACME, "29:the-user", NOW)
    await store.new_setup_link(TEAM, "new")
    newer = replace(ACME, name="Acme Corporation", token="sntrys_newer")
    again = await store.connect(installation_id, "new", newer, "29:other", later(1))
    assert again is not None
    assert again.connection is not None
    assert again.connection.organization_name == "Acme Corporation"
    assert again.connection.connected_by == "29:other"
    assert await store.token(again.connection) == "sntrys_newer"
    assert query("SELECT count(*) FROM organizations") == [(1,)]


async def test_a_token_is_stored_encrypted(store: Store, query: Query) -> None:
    connected = await store.connect(await installed(store), "nonce", ACME, "29:the-user", NOW)
    assert connected is not None
    assert connected.connection is not None
    assert await store.token(connected.connection) == ACME.token
    stored = str(query("SELECT * FROM organizations") + query("SELECT * FROM audit"))
    assert "acme" in stored
    assert "sntrys" not in stored
    assert "sntrys" not in repr(ACME)


async def test_a_token_survives_the_rotation_of_keys_but_not_their_loss(store: Store, url: str) -> None:
    connected = await store.connect(await installed(store), "nonce", ACME, "29:the-user", NOW)
    assert connected is not None
    assert connected.connection is not None
    rotated = await Store.open(url, cipher_keys=["a newer key", *KEYS])
    lost = await Store.open(url, cipher_keys=["a newer key"])
    try:
        assert await rotated.token(connected.connection) == ACME.token
        with pytest.raises(SecretUnreadable):
            await lost.token(connected.connection)
    finally:
        await rotated.close()
        await lost.close()


async def test_disconnecting_unties_the_place_and_forgets_the_token(store: Store, query: Query) -> None:
    connected = await store.connect(await installed(store), "nonce", ACME, "29:the-user", NOW)
    assert connected is not None
    assert connected.connection is not None
    assert await store.disconnect(TEAM, "29:other", later(9)) == connected.connection
    found = await store.find(TEAM)
    assert found is not None
    assert found.connection is None
    assert await store.token(connected.connection) is None
    assert query("SELECT * FROM organizations") == []
    assert await store.disconnect(TEAM, "29:other", later(10)) is None


async def test_disconnecting_one_place_leaves_the_other_connected(store: Store) -> None:
    for number in range(2):
        installation = await store.arrive(arrival(team(number)), f"nonce {number}", NOW)
        assert installation is not None
        await store.connect(installation.id, f"nonce {number}", ACME, "29:the-user", NOW)
    await store.disconnect(team(0), "29:the-user", NOW)
    other = await store.find(team(1))
    assert other is not None
    assert other.connection is not None
    assert await store.token(other.connection) == ACME.token


async def test_an_organization_belongs_to_one_tenant(store: Store, query: Query) -> None:
    for tenant in ("tenant one", "tenant two"):
        place = replace(TEAM, tenant_id=tenant)
        installation = await store.arrive(arrival(place), tenant, NOW)
        assert installation is not None
        await store.connect(installation.id, tenant, replace(ACME, token=tenant), "29:the-user", NOW)
    one = await store.find(replace(TEAM, tenant_id="tenant one"))
    assert one is not None
    assert one.connection is not None
    assert await store.token(one.connection) == "tenant one"
    assert query("SELECT count(*) FROM organizations") == [(2,)]


async def test_a_rename_and_a_move_are_remembered(store: Store) -> None:
    await installed(store)
    await store.rename(TEAM, "Platform \0🚀")
    await store.heard(TEAM, "https://smba.trafficmanager.net/emea/")
    found = await store.find(TEAM)
    assert found is not None
    assert found.name == "Platform 🚀"
    assert found.conversation.service_url == "https://smba.trafficmanager.net/emea/"


async def test_the_audit_trail_tells_what_was_done(store: Store) -> None:
    installation_id = await installed(store)
    await store.arrive(arrival(at=later(1)), "duplicate", later(1))
    await store.connect(installation_id, "nonce", ACME, "Ada Lovelace", later(2))
    await store.connect(installation_id, "nonce", ACME, "Ada Lovelace", later(3))
    await store.disconnect(TEAM, "29:other", later(4))
    await store.remove(TEAM, later(5), "29:admin")
    trail = await store.audit_entries(TEAM)
    assert [(entry.action, entry.actor, entry.at) for entry in trail] == [
        ("install", "29:the-user", NOW),
        ("setup", "29:the-user", later(2)),
        ("disconnect", "29:other", later(4)),
        ("remove", "29:admin", later(5)),
    ]
    assert trail[1].detail == {"sentry_url": "https://sentry.io", "organization": "acme"}
    assert "Ada" not in str(trail)
    assert await store.audit_entries(team(1)) == []
