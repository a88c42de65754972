"""python bot.py installations: list, show, remove, export."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from commands import installations
from settings import setting_names
from store import Store
from tests.commands.running import run
from tests.store.places import ACME, NOW, TENANT, arrival, team

KEY = "k" * 40


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two places: one connected, one that has just arrived and has a name that plays tricks."""
    url = f"sqlite:///{tmp_path}/bot.db"
    for name in setting_names() & set(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", url)
    asyncio.run(furnish(url))
    return url


async def furnish(url: str) -> None:
    store = await Store.open(url, cipher_keys=[KEY])
    first = await store.arrive(arrival(team(1)), "nonce-of-the-first", NOW)
    assert first is not None
    await store.connect(first.id, "nonce-of-the-first", ACME, "Megan Bowen", NOW)
    await store.arrive(arrival(team(2), name="Red\x1b[31m\nalert"), "nonce-of-the-second", NOW)
    await store.close()


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run(installations, "installations", *arguments) == 0
    return capsys.readouterr().out.splitlines()


def objects(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told(capsys, *arguments)]


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_the_list_has_a_line_for_each_place(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    head, first, second = told(capsys, *arguments)
    assert head.split() == ["id", "kind", "tenant", "since", "connected", "to", "reachable", "name"]
    assert first.split() == ["1", "team", TENANT, "2026-03-01", "acme", "yes", "Backend"]
    assert second.split() == ["2", "team", TENANT, "2026-03-01", "-", "yes", "Red", "[31m", "alert"]
    assert "\x1b" not in second


def test_who_has_added_the_bot_nowhere_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    assert told(capsys) == ["The bot is nowhere yet: add the app to a team or a chat."]
    assert told(capsys, "--json") == []


@pytest.mark.parametrize("arguments", [("--json",), ("list", "--json"), ("--json", "list")])
def test_the_list_is_there_for_programs(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    first, second = objects(capsys, *arguments)
    assert (first["id"], first["connections"][0]["organization"], second["connections"]) == (1, "acme", [])


def test_a_place_is_shown_with_its_history(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "show", "1")
    assert "organization name: Acme Inc." in lines
    assert [line.split()[1] for line in lines[lines.index("audit:") + 1 :]] == ["install", "setup"]
    (shown,) = objects(capsys, "show", "1", "--json")
    assert shown["connections"][0]["connected_by"] == "Megan Bowen"


def test_an_export_has_everything_but_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    exported = objects(capsys, "export")
    assert [len(each["audit"]) for each in exported] == [2, 1]
    written = json.dumps(exported)
    for secret in (ACME.token, "nonce-of-the", "gAAAA"):
        assert secret not in written


def test_removing_needs_to_be_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(installations, "installations", "remove", "1") == 2
    assert "Nothing was changed" in capsys.readouterr().err
    assert len(told(capsys, "list")) == 3


def test_a_removed_place_is_forgotten_with_its_token(capsys: pytest.CaptureFixture[str], database: str) -> None:
    assert told(capsys, "remove", "1", "--yes")[0].startswith("Forgotten.")
    assert [place["id"] for place in objects(capsys, "list", "--json")] == [2]
    assert stored(database) == 0


def stored(database: str) -> int:
    async def count() -> int:
        store = await Store.open(database, cipher_keys=[KEY])
        try:
            return (await store.operator.rotate_keys(lambda _: None)).total
        finally:
            await store.close()

    return asyncio.run(count())


@pytest.mark.parametrize("action", [("show", "9"), ("remove", "9", "--yes")])
def test_a_place_that_is_not_there(action: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(installations, "installations", *action) == 1
    assert capsys.readouterr().err == "There is no installation 9.\n"


def test_wrong_settings_and_a_missing_database_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/bot?connect_timeout=2")
    assert run(installations, "installations") == 1
    assert capsys.readouterr().err.startswith("The database cannot be used: ")
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    assert run(installations, "installations") == 2
    assert "DATABASE_URL must start with" in capsys.readouterr().err
