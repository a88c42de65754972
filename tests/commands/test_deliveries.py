import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from commands import deliveries
from commands import run as run_command
from store import State, Store
from tests.commands.running import run
from tests.store.cards import card, claim_one, conversation, left

KEY = "a key for the tests of the commands that is long enough"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    for name, value in {
        "MicrosoftAppId": "",
        "MicrosoftAppPassword": "",
        "MicrosoftAppTenantId": "",
        "SECRET_KEY": KEY,
        "DATABASE_URL": url,
    }.items():
        monkeypatch.setenv(name, value)
    return url


def in_store(url: str, work: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
    async def opened() -> Any:
        store = await Store.open(url, cipher_keys=[KEY])
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


async def one_waits_and_two_gave_up(store: Store) -> list[int]:
    ids = [await store.deliveries.enqueue(card(f"key {number}", purpose="alert")) for number in range(2)]
    for _ in ids:
        claimed = await claim_one(store)
        await store.deliveries.gave_up(claimed, "connector: 413 MessageSizeTooBig", left(claimed))
    await store.deliveries.enqueue(card("waits", conversation(1)))
    return ids


async def waiting(store: Store) -> list[str]:
    return [listed.key for listed in await store.deliveries.listing(State.WAITING)]


def test_nothing_is_a_result_too(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(deliveries, "deliveries") == 0
    assert capsys.readouterr().out == "0 waiting, 0 gave up.\n"


def test_the_table_says_what_waits_and_what_gave_up_and_why(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    in_store(database, one_waits_and_two_gave_up)
    assert run_command(["deliveries"]) == 0
    head, first, second, third, counts = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["id", "state", "what"]
    assert ("waits", conversation(1).conversation_id) == (first.split()[1], first.split()[-1])
    assert "gave up  alert" in second
    assert second.endswith("connector: 413 MessageSizeTooBig")
    assert third.endswith("connector: 413 MessageSizeTooBig")
    assert counts == "1 waiting, 2 gave up."


def test_json_has_one_object_a_line(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    ids = in_store(database, one_waits_and_two_gave_up)
    assert run(deliveries, "deliveries", "--json") == 0
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["key"], first["state"], first["finished_at"]) == ("waits", "waiting", None)
    assert [second["id"], third["id"]] == ids
    assert (second["state"], second["outcome"]) == ("failed", "connector: 413 MessageSizeTooBig")


def test_one_is_retried(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = in_store(database, one_waits_and_two_gave_up)
    assert run(deliveries, "deliveries", "retry", str(first)) == 0
    assert capsys.readouterr().out == "1 of them waits again.\n"
    assert in_store(database, waiting) == ["key 0", "waits"]


def test_all_are_retried(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    in_store(database, one_waits_and_two_gave_up)
    assert run(deliveries, "deliveries", "retry", "--all") == 0
    assert capsys.readouterr().out == "2 of them wait again.\n"
    assert in_store(database, waiting) == ["key 0", "key 1", "waits"]


def test_what_did_not_give_up_is_not_retried(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    in_store(database, one_waits_and_two_gave_up)
    assert run(deliveries, "deliveries", "retry", "3", "99") == 1
    assert capsys.readouterr().out == "None gave up.\n"


@pytest.mark.parametrize("words", [("retry",), ("retry", "one"), ("retry", "1", "--all")])
def test_what_to_retry_must_be_said(database: str, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(deliveries, "deliveries", *words)
    assert ended.value.code == 2


def test_a_database_that_cannot_be_used_is_told(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@127.0.0.1:1/nowhere")
    assert run(deliveries, "deliveries") == 1
    assert capsys.readouterr().err.startswith("The deliveries cannot be read: ")


def test_wrong_settings_are_told(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert run(deliveries, "deliveries") == 2
    assert "PORT" in capsys.readouterr().err
