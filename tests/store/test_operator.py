"""What whoever runs the bot may see and do."""

import pytest
from sqlalchemy import create_engine, text

from model import Installation
from store import Rotated, Store, rotation
from store.rotation import encrypted_columns
from tests.store.places import ACME, GLOBEX, KEYS, NOW, arrival, later, team

NEW = "a new key that is put before the others"


async def installed(store: Store, number: int) -> Installation:
    installation = await store.arrive(arrival(team(number)), f"nonce {number}", NOW)
    assert installation is not None
    return installation


async def connected(store: Store, number: int) -> Installation:
    place = await installed(store, number)
    organization = GLOBEX if number % 2 else ACME
    tied = await store.connect(place.id, f"nonce {number}", organization, "Megan", later(number))
    assert tied is not None
    return tied


async def reopened(url: str, *keys: str) -> Store:
    return await Store.open(url, cipher_keys=keys)


async def test_places_are_listed_page_by_page(store: Store) -> None:
    first, second, third = [await installed(store, number) for number in range(3)]
    await store.remove(second.place, later(1), "operator")
    page = await store.operator.installations(0, 1)
    assert [kept.installation.id for kept in page] == [first.id]
    assert [kept.installation.id for kept in await store.operator.installations(first.id, 10)] == [third.id]


async def test_a_place_is_shown_with_its_connection(store: Store) -> None:
    tied = await connected(store, 1)
    kept = await store.operator.installation(tied.id)
    assert kept is not None
    assert kept.installation == tied
    assert (kept.welcomed_at, kept.unreachable_reason) == (later(1), None)
    assert await store.operator.installation(tied.id + 1) is None


async def test_secrets_are_under_the_first_key_afterwards(store: Store, url: str) -> None:
    ties = [await connected(store, number) for number in range(2)]
    told: list[Rotated] = []
    second = await reopened(url, NEW, *KEYS)
    try:
        assert await second.operator.rotate_keys(told.append) == Rotated(2, 0, 2)
        assert await second.operator.rotate_keys(told.append) == Rotated(0, 0, 2)
    finally:
        await second.close()
    assert told == [Rotated(2, 0, 2), Rotated(0, 0, 2)]
    third = await reopened(url, NEW)
    try:
        tokens = [await third.token(tie.connection) for tie in ties if tie.connection]
        assert tokens == [ACME.token, GLOBEX.token]
    finally:
        await third.close()


async def test_what_no_key_reads_is_counted_and_left(store: Store, url: str) -> None:
    await connected(store, 1)
    other = await reopened(url, NEW)
    try:
        assert await other.operator.rotate_keys(lambda _: None) == Rotated(0, 1, 1)
    finally:
        await other.close()
    (kept,) = await store.operator.installations(0, 10)
    assert kept.installation.connection is not None
    assert await store.token(kept.installation.connection) == GLOBEX.token


async def test_a_secret_that_changes_meanwhile_is_left_alone(store: Store, url: str) -> None:
    tied = await connected(store, 1)
    second = await reopened(url, NEW, *KEYS)
    try:
        secrets = await second.operator._reader.run(rotation.secrets)
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            renewed = second._cipher.encrypt("sntrys_newer")
            connection.execute(text("UPDATE organizations SET token_encrypted = :new"), {"new": renewed})
        engine.dispose()
        assert await second.operator._writer.run(second.operator._renewing(secrets)) == (0, 0)
        assert tied.connection is not None
        assert await second.token(tied.connection) == "sntrys_newer"
    finally:
        await second.close()


def test_every_encrypted_column_is_known() -> None:
    found = {f"{column.table}.{column.name}" for column in encrypted_columns()}
    assert {"organizations.token_encrypted"} <= found


@pytest.mark.parametrize("column", list(encrypted_columns()), ids=str)
def test_every_encrypted_column_has_a_key_to_find_it_by(column: object) -> None:
    assert list(column.table.primary_key.columns)  # type: ignore[attr-defined]
