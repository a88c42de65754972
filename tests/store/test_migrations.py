import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from store import Store, StoreError, StoreUnavailable
from store.database import database_of
from store.migrate import MIGRATIONS, NEWEST
from store.tables import metadata
from tests.store.conftest import ask
from tests.store.places import KEYS, NOW, TEAM, arrival

ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("store")
def test_the_migrations_make_the_tables_that_the_statements_expect(url: str) -> None:
    with database_of(url, 2, 1).readers.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


async def test_opening_again_keeps_what_is_there(store: Store, url: str) -> None:
    await store.arrive(arrival(), "nonce", NOW)
    again = await Store.open(url, cipher_keys=KEYS)
    try:
        assert await again.find(TEAM) == await store.find(TEAM)
    finally:
        await again.close()


@pytest.mark.parametrize("kind", ["sqlite_url", "fresh_postgres_url"])
async def test_a_database_from_a_newer_version_is_refused(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(kind)
    await (await Store.open(url, cipher_keys=KEYS)).close()
    with database_of(url, 2, 1).writers.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        await Store.open(url, cipher_keys=KEYS)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await Store.open(f"sqlite:///{tmp_path}/bot.db", cipher_keys=KEYS)


async def test_a_server_that_does_not_answer_is_reported() -> None:
    with pytest.raises(StoreUnavailable, match="refused"):
        await Store.open("postgresql://postgres@127.0.0.1:1/nowhere", cipher_keys=KEYS)


@pytest.mark.parametrize(
    "url", ["mysql://root@localhost/db", "sqlite://", "sqlite:///:memory:", "no url", "", "bot.db"]
)
async def test_a_url_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="database URL"):
        await Store.open(url, cipher_keys=KEYS)


async def test_a_store_needs_a_key_and_two_connections(sqlite_url: str) -> None:
    with pytest.raises(ValueError, match="key"):
        await Store.open(sqlite_url, cipher_keys=[])
    with pytest.raises(ValueError, match="two connections"):
        await Store.open("postgresql://localhost/db", cipher_keys=KEYS, connections=1)


def test_developers_migrate_by_alembic_itself(tmp_path: Path) -> None:
    config = Config(Path(__file__).parents[2] / "alembic.ini")
    config.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path}/bot.db")
    command.upgrade(config, "head")
    assert ask(f"sqlite:///{tmp_path}/bot.db", "SELECT count(*) FROM installations") == [(0,)]
    command.downgrade(config, "base")
    assert ask(f"sqlite:///{tmp_path}/bot.db", "SELECT name FROM sqlite_master WHERE name = 'audit'") == []


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


@pytest.mark.usefixtures("store")
def test_opening_a_database_that_is_up_to_date_needs_no_alembic(url: str) -> None:
    """Most starts find nothing to do, and Alembic would be a twelfth of each."""
    opening = f"import asyncio, sys, store; asyncio.run(store.Store.open({url!r}, cipher_keys=[{KEYS[0]!r}]))"
    script = f"{opening}; import os; os._exit('alembic' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False)
    assert run.returncode == 0
