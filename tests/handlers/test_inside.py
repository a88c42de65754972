"""What the bot tells about itself: log lines, /readyz, /metrics."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

import logs
from sandbox.faults import close
from sandbox.microsoft import Microsoft
from sandbox.teams import install_team, message, new_personal_chat, new_team
from tests.conftest import ServedBot
from tests.test_process import ROOT, environment

TOKEN = "a-token-for-the-scraper"
Start = Callable[..., Awaitable[ServedBot]]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[MutableMapping[str, Any]]]]:
    """The log with what the processors of logs.py make of it, from the last look on."""
    with capture_logs(processors=[structlog.contextvars.merge_contextvars, logs.clean]) as written:

        def since() -> list[MutableMapping[str, Any]]:
            new = list(written)
            written.clear()
            return new

        yield since


async def get(bot: ServedBot, path: str, **headers: str) -> tuple[int, str]:
    async with bot.session.get(bot.url + path, headers=headers) as answer:
        return answer.status, await answer.text()


async def figure(bot: ServedBot, name: str) -> float:
    _, text = await get(bot, "/metrics")
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


async def test_an_activity_is_one_line(bot: ServedBot, lines: Any) -> None:
    lines()
    assert (await bot.teams.post(install_team(new_team("Secret plans")))).status == 201
    (line,) = [line for line in lines() if line["event"] != "signing keys fetched"]
    assert {name: line[name] for name in ("event", "outcome", "kind", "activity")} == {
        "event": "activity handled",
        "outcome": "handled",
        "kind": "team",
        "activity": "conversationUpdate",
    }
    assert line["tenant"] == "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
    assert len(line["trace_id"]) == 32
    assert line["ms"] > 0


async def test_a_refusal_and_a_repeat_are_one_line_as_well(bot: ServedBot, lines: Any) -> None:
    chat = new_personal_chat()
    said = message(chat, "help")
    await bot.teams.post(said)
    lines()
    await bot.teams.post(said)
    await bot.teams.post(said, token="")
    assert [(line["event"], line.get("outcome"), line.get("reason")) for line in lines()] == [
        ("activity handled", "repeated", None),
        ("request refused", None, "no_bearer_token"),
    ]


async def test_a_turn_that_fails_tells_outcome_and_duration(bot: ServedBot, lines: Any, tmp_path: Path) -> None:
    await bot.teams.post(install_team(new_team()))
    lines()
    (tmp_path / "bot.db").rename(tmp_path / "away.db")
    assert (await bot.teams.post(install_team(new_team()))).status == 503
    (line,) = [line for line in lines() if line["event"] == "store unavailable"]
    assert (line["outcome"], line["kind"]) == ("store_unavailable", "team")
    assert line["ms"] > 0


async def test_no_text_name_or_token_gets_into_the_log(bot: ServedBot, lines: Any, microsoft: Microsoft) -> None:
    lines()
    chat = new_personal_chat()
    activity = message(chat, "my password is hunter2")
    activity["from"]["name"] = "Megan Bowen"
    await bot.teams.post(activity)
    written = json.dumps(lines())
    assert "activity handled" in written
    for secret in ("hunter2", "Megan", "eyJ", microsoft.app_secret):
        assert secret not in written


async def test_what_callers_send_is_stripped_and_capped(bot: ServedBot, lines: Any) -> None:
    lines()
    await bot.teams.post({**install_team(new_team()), "type": "odd\x1b[31m\nfake line" + "x" * 999})
    (line,) = [line for line in lines() if line["event"] == "activity handled"]
    assert line["activity"].startswith("odd[31m\nfake line")
    assert len(line["activity"]) <= 50


async def test_an_instance_that_can_work_is_ready(bot: ServedBot) -> None:
    status, text = await get(bot, "/readyz")
    assert (status, json.loads(text)) == (
        200,
        {"status": "ready", "database": "ok", "signing keys": "ok", "token": "ok"},
    )


@pytest.mark.parametrize("part", ["database", "signing keys", "token"])
async def test_an_instance_that_cannot_says_which_part_it_is(
    part: str, start_bot: Start, microsoft: Microsoft, tmp_path: Path
) -> None:
    if part == "signing keys":
        microsoft.openid.faults.add(close(), None)
    if part == "token":
        microsoft.entra.secret = "another one"
    bot = await start_bot()
    if part == "database":
        (tmp_path / "bot.db").rename(tmp_path / "away.db")
    status, text = await get(bot, "/readyz")
    answer = json.loads(text)
    assert (status, answer.pop("status")) == (503, "not ready")
    assert answer == {name: "failing" if name == part else "ok" for name in ("database", "signing keys", "token")}
    assert str(tmp_path) not in text


async def test_asking_often_asks_microsoft_once(bot: ServedBot, microsoft: Microsoft) -> None:
    for _ in range(5):
        assert (await get(bot, "/readyz"))[0] == 200
    assert microsoft.entra.token_requests == 1


async def test_local_mode_needs_a_database_only(start_bot: Start) -> None:
    local = dict.fromkeys(("MicrosoftAppId", "MicrosoftAppPassword", "MicrosoftAppTenantId", "PUBLIC_URL"))
    bot = await start_bot(**local)
    assert json.loads((await get(bot, "/readyz"))[1]) == {"status": "ready", "database": "ok"}


async def test_figures_tell_what_happened(bot: ServedBot, microsoft: Microsoft) -> None:
    names = {
        "handled": 'bot_activities_total{outcome="handled",type="conversationUpdate"}',
        "refused": 'bot_requests_refused_total{reason="no_bearer_token"}',
        "posted": 'bot_connector_calls_total{method="POST",outcome="ok"}',
        "turns": 'bot_turn_seconds_count{type="conversationUpdate"}',
        "odd": 'bot_activities_total{outcome="handled",type="other"}',
    }
    before = {name: await figure(bot, series) for name, series in names.items()}
    await bot.teams.post(install_team(new_team()))
    await bot.teams.post(install_team(new_team()), token="")
    await bot.teams.post({**install_team(new_team()), "type": "invented", "membersAdded": []})
    after = {name: await figure(bot, series) for name, series in names.items()}
    assert {name: after[name] - before[name] for name in names} == dict.fromkeys(names, 1)
    assert await figure(bot, "bot_key_fetches_total") >= 1
    assert await figure(bot, 'bot_token_exchanges_total{outcome="ok"}') >= 1
    assert await figure(bot, "bot_last_activity_timestamp_seconds") > 1.7e9
    _, text = await get(bot, "/metrics")
    assert "invented" not in text
    assert "bot_deliveries_waiting 0.0" in text
    assert microsoft.tenant_id not in text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_whoever_comes_through_a_proxy_is_not_this_machine(header: str, bot: ServedBot) -> None:
    assert (await get(bot, "/metrics"))[0] == 200
    assert (await get(bot, "/metrics", **{header: "127.0.0.1"}))[0] == 404


async def test_nor_is_whoever_uses_another_name_for_it(bot: ServedBot) -> None:
    assert (await get(bot, "/metrics", Host="bot.example.org"))[0] == 404
    assert (await get(bot, "/metrics", Host="[::1]:80"))[0] == 200


async def test_a_scraper_outside_brings_the_token(start_bot: Start) -> None:
    bot = await start_bot(METRICS_TOKEN=TOKEN)
    outside = {"X-Forwarded-For": "192.0.2.1"}
    assert (await get(bot, "/metrics", **outside, Authorization=f"Bearer {TOKEN}"))[0] == 200
    for wrong in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer "):
        assert (await get(bot, "/metrics", **outside, Authorization=wrong))[0] == 401


def test_a_logged_exception_shows_no_variables(values: dict[str, str]) -> None:
    program = (
        "import logs, structlog\nfrom settings import load_settings\nlogs.configure(load_settings())\n"
        "def turn(text):\n    raise LookupError('x')\n"
        "try:\n    turn('my password is hunter' + '2')\n"
        "except LookupError:\n    structlog.get_logger().exception('failed')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment(values), capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stderr)["exception"][0]["exc_type"] == "LookupError"
    assert "hunter2" not in ran.stderr
