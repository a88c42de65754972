"""python bot.py rotate-keys: as a process, killed in between, and run again."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, insert

from settings import setting_names
from store.look import look
from store.migrate import migrate
from store.secrets import Cipher
from store.sqlite import Sqlite
from store.tables import organizations
from tests.store.places import NOW, TENANT

HOME = Path(__file__).resolve().parents[2]
OLD, NEW = "o" * 40, "n" * 40
MANY = 2000


def furnish(path: Path) -> str:
    """A database with many organizations, whose tokens are under the old key."""
    url = f"sqlite:///{path}"
    engine = create_engine(url)
    migrate(Sqlite(engine.url, 5.0))
    cipher = Cipher([OLD])
    common = {"tenant_id": TENANT, "sentry_url": "https://sentry.io", "created_at": NOW, "updated_at": NOW}
    rows = [
        {**common, "slug": f"org-{number}", "name": "x", "token_encrypted": cipher.encrypt(f"token {number}")}
        for number in range(MANY)
    ]
    with engine.begin() as connection:
        connection.execute(insert(organizations), rows)
    engine.dispose()
    return url


def started(url: str, keys: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **dict.fromkeys(setting_names(), ""), "DATABASE_URL": url, "SECRET_KEY": keys}
    arguments = [sys.executable, "bot.py", "rotate-keys"]
    return subprocess.Popen(
        arguments, cwd=HOME, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ended(url: str, keys: str) -> tuple[int, str, str]:
    process = started(url, keys)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def tokens(url: str, key: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(organizations.select().order_by(organizations.c.id)).all()
    engine.dispose()
    cipher = Cipher([key])
    return [cipher.decrypt(row.token_encrypted) for row in found]


def test_a_rotation_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    url = furnish(tmp_path / "bot.db")
    process = started(url, f"{NEW},{OLD}")
    assert process.stdout is not None
    first = int(process.stdout.readline().split()[0])
    process.kill()
    process.communicate(timeout=10)
    assert 0 < first < MANY
    status, out, err = ended(url, f"{NEW},{OLD}")
    assert (status, err) == (0, "")
    finished = int(out.splitlines()[-2].split(";")[1].split()[0])
    assert 0 < finished <= MANY - first
    assert tokens(url, NEW) == [f"token {number}" for number in range(MANY)]
    assert f"All {MANY} secrets are under the first key; 0 were" in ended(url, f"{NEW},{OLD}")[1]


def test_where_no_secret_is_stored_none_is_counted(tmp_path: Path) -> None:
    status, out, err = ended(f"sqlite:///{tmp_path}/empty.db", NEW)
    assert (status, err) == (0, "")
    assert out.startswith("There are no stored secrets")


def test_a_key_that_is_missing_is_told(tmp_path: Path) -> None:
    url = furnish(tmp_path / "bot.db")
    status, _, err = ended(url, NEW)
    assert status == 1
    assert err.startswith(f"{MANY} of {MANY} secrets are under a key that is no longer in SECRET_KEY")
    assert tokens(url, OLD)[0] == "token 0"
    assert look(url).known
