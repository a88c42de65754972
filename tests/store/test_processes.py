import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store import Store
from store.migrate import NEWEST
from tests.store.conftest import ask
from tests.store.places import KEYS, team

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.store.processes", *map(str, arguments)]


def test_two_processes_welcome_each_place_once(url: str) -> None:
    run = subprocess.run(command("arrive", url, 2, 300), cwd=ROOT, stdout=subprocess.PIPE, timeout=PATIENCE, check=True)
    assert sorted(map(int, run.stdout.split())) == list(range(300))


@pytest.mark.parametrize("kind", ["sqlite_url", "fresh_postgres_url"])
def test_ten_processes_may_create_the_tables_at_once(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(kind)
    run = subprocess.run(
        command("migrate", url, 10, 0), cwd=ROOT, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert ask(url, "SELECT version_num FROM alembic_version") == [(NEWEST,)]


async def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(url: str) -> None:
    acknowledged = killed_after(300, command("arrive", url, 1, 1_000_000))
    assert len(acknowledged) >= 300
    store = await Store.open(url, cipher_keys=KEYS)
    try:
        for number in acknowledged:
            assert await store.find(team(number)), number
    finally:
        await store.close()


def killed_after(lines: int, arguments: list[str]) -> list[int]:
    """Run a process, kill -9 all of it once it has printed `lines` lines; return all the numbers it printed."""
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, process_group=0)
    try:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(lines)]
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    rest, _ = process.communicate(timeout=PATIENCE)
    return [int(line) for line in b"".join([*seen, rest]).split()]
