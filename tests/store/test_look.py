"""A look at the database from outside of the bot."""

from datetime import UTC, datetime, timedelta

import pytest

from store import Store, StoreUnavailable
from store.look import as_time, look
from tests.store.places import NOW, arrival


async def test_it_sees_what_happened(store: Store, url: str) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    installation = await store.arrive(arrival(), "nonce", at)
    assert installation is not None
    await store.welcomed(installation.id, "activity", at + timedelta(seconds=1))
    seen = look(url)
    assert (seen.revision, seen.known, seen.installations) == (seen.newest, True, 1)
    assert (seen.last_arrival, seen.last_card) == (at, at + timedelta(seconds=1))


async def test_nothing_has_happened(store: Store, url: str) -> None:
    await store.ping()
    seen = look(url)
    assert (seen.installations, seen.last_arrival, seen.last_card) == (0, None, None)


def test_a_database_without_tables_stays_one(fresh_postgres_url: str) -> None:
    for _ in range(2):
        assert look(fresh_postgres_url).revision is None


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:////nowhere/bot.db",
        "mysql://x",
        "no url",
        "postgresql://127.0.0.1:1/x",
    ],
)
def test_what_cannot_be_looked_at(url: str) -> None:
    with pytest.raises(StoreUnavailable):
        look(url)


def test_times_are_kept_in_three_ways() -> None:
    moment = NOW.replace(microsecond=0)
    kept = (moment, moment.isoformat(" ", "microseconds"), round(moment.timestamp() * 1000))
    assert {as_time(value) for value in kept} == {moment}
