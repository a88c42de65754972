"""A database whose password is asked for anew for each connection."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store, StoreUnavailable
from tests.postgres import Postgres
from tests.store.places import KEYS


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    """A database of a role that signs in by password."""
    name = postgres.create_database()
    postgres.execute("CREATE ROLE signer LOGIN PASSWORD 'token-1'")
    postgres.execute(f"ALTER DATABASE {name} OWNER TO signer")
    rules = Path(postgres.execute("SHOW hba_file")[0][0])
    before = rules.read_text("utf-8")
    rules.write_text(f"host all signer all password\n{before}", "utf-8")
    postgres.execute("SELECT pg_reload_conf()")
    yield postgres.url(name).replace("postgres@", "signer@")
    rules.write_text(before, "utf-8")
    postgres.execute("SELECT pg_reload_conf()")
    postgres.drop_database(name)
    postgres.execute("DROP ROLE signer")


async def test_every_connection_asks_for_the_password_of_the_moment(url: str, postgres: Postgres) -> None:
    passwords = ["token-1"]
    store = await Store.open(url, cipher_keys=KEYS, password=lambda: passwords[-1])
    try:
        await store.ping()
        passwords.append("token-2")
        postgres.execute("ALTER ROLE signer PASSWORD 'token-2'")
        assert postgres.cut_connections(url.rpartition("/")[2]) > 0
        await store.ping()
    finally:
        await store.close()


async def test_a_wrong_password_is_a_database_that_cannot_be_reached(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="password authentication failed"):
        await Store.open(url, cipher_keys=KEYS, password=lambda: "wrong")


async def test_no_password_is_told_with_its_reason(url: str) -> None:
    def none() -> str:
        raise LookupError("the identity is unknown")

    with pytest.raises(StoreUnavailable, match="no password for the database: the identity is unknown"):
        await Store.open(url, cipher_keys=KEYS, password=none)
