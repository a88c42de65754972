"""What callers send that is wrong, and what goes wrong behind the bot: the status, and what is left to be done."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from model import Arrival, ConversationReference, Place, PlaceKind
from sandbox.faults import Fault, close, garbage, hang, respond
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import install_personal, install_team, installation_update, message, new_personal_chat, new_team
from sandbox.tokens import new_key
from store import Store
from tests.conftest import SECRET_KEY, ServedBot
from tests.handlers.talk import connect, happens, say, summaries

LARGEST = 256 * 1024
FORGERS_KEY = new_key("forged")
JSON = {"Content-Type": "application/json"}


def database(tmp_path: Path) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "bot.db", isolation_level=None, timeout=5)


def rows(tmp_path: Path, what: str = "kind") -> list[Any]:
    with closing(database(tmp_path)) as connection:
        return [row[0] for row in connection.execute(f"SELECT {what} FROM installations ORDER BY id")]  # noqa: S608


def with_(**fields: Any) -> dict[str, Any]:
    """An installation in a personal chat with these fields changed; None leaves one out."""
    return {name: value for name, value in {**install_personal(), **fields}.items() if value is not None}


BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not JSON": (b"type=message", 400),
    "half": (orjson.dumps(install_personal())[:-1], 400),
    "not UTF-8": (b'{"type": "\xff\xfe"}', 400),
    "NaN": (b'{"type": "message", "value": NaN}', 400),
    "too large": (b'{"text": "' + b"x" * LARGEST + b'"}', 413),
    "too deep": (orjson.dumps(with_(value=5)).replace(b"5", b"[" * 999 + b"]" * 999), 400),
    **{f"the JSON {text}": (text.encode(), 400) for text in ("null", "[]", '"text"', "5", "true")},
}
ACTIVITIES: dict[str, tuple[dict[str, Any], int]] = {
    "an empty object": ({}, 400),
    "no type": (with_(type=None), 400),
    "a type that is no text": (with_(type={"x": 1}), 400),
    "no conversation": (with_(conversation=None), 400),
    "a conversation that is no object": (with_(conversation="a:1"), 400),
    "a conversation without id": (with_(conversation={}), 400),
    "a conversation id that is no text": (with_(conversation={"id": 5}), 400),
    "no serviceUrl": (with_(serviceUrl=None), 400),
    "a serviceUrl that is no text": (with_(serviceUrl=["https://smba.trafficmanager.net/amer/"]), 400),
    "from is no object": (with_(**{"from": "29:1"}), 400),
    "recipient is no object": (with_(recipient=[1]), 400),
    "membersAdded is no list": (with_(membersAdded={"id": "28:x"}), 400),
    "entities is no list": (with_(entities="mention"), 400),
    "text is no text": (with_(text=5), 400),
    "timestamp is no text": (with_(timestamp=1766459954), 400),
    "no channel": (with_(channelId=None), 403),
    "another channel": (with_(channelId="webchat"), 403),
    "the Emulator's channel": (with_(channelId="emulator"), 403),
    "a foreign tenant": (with_(conversation={"id": "a:1", "tenantId": "b28fdbfd-2b78-4f93-b0f8-8881793f0f8f"}), 403),
    "no tenant": (with_(conversation={"id": "a:1"}, channelData={}), 403),
    **{
        f"the serviceUrl {url}": (with_(serviceUrl=url), 403)
        for url in (
            "https://canary.botapi.skype.com/amer/",
            "https://evil.example/amer/",
            "https://smba.trafficmanager.net.evil.example/",
            "https://evil.trafficmanager.net/amer/",
            "https://smba.trafficmanager.net@evil.example/",
            "http://smba.trafficmanager.net/amer/",
            "https://169.254.169.254/",
            "http://localhost:3978/",
            "{0.__class__}",
        )
    },
}


def tokens(microsoft: Microsoft) -> Mapping[str, str]:
    """Authorization headers, none of which is the channel's for this bot."""
    sign, now = microsoft.channel.token, int(time.time())
    bearers = {
        "malformed": "garbage",
        "three words": "a.b.c",
        "expired": sign(exp=now - 301),
        "without expiry": sign(exp=None),
        "not valid yet": sign(nbf=now + 3600),
        "for another bot": sign(aud="99999999-2222-3333-4444-555555555555"),
        "without audience": sign(aud=None),
        "of another issuer": sign(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"),
        "without issuer": sign(iss=None),
        "for another service URL": sign(serviceurl="https://smba.trafficmanager.net/emea/"),
        "without service URL": sign(serviceurl=None),
        "forged under the channel's key id": sign(key=FORGERS_KEY, kid=microsoft.openid.teams_key.kid),
        "forged under a key id of its own": sign(key=FORGERS_KEY),
        "without key id": sign(kid=None),
        "unsigned": sign(alg="none"),
        "signed with the public key": sign(alg="HS256", key=microsoft.openid.teams_key.public_pem()),
        "of another algorithm": sign(alg="RS384"),
        "the bot's own": microsoft.entra.token(),
    }
    return {name: f"Bearer {token}" for name, token in bearers.items()} | {"empty": "Bearer ", "basic": "Basic eDp5"}


@pytest.fixture
async def refusing(bot: ServedBot, microsoft: Microsoft, tmp_path: Path) -> AsyncIterator[ServedBot]:
    """A bot that, whatever it is sent, stores nothing, calls nobody, and logs each refusal in one line."""
    with capture_logs() as lines:
        yield bot
    assert rows(tmp_path) == []
    assert not microsoft.connector.requests
    logged = [line for line in lines if line["event"] != "signing keys fetched"]
    assert {(line["event"], line["log_level"]) for line in logged} == {("request refused", "warning")}


async def test_bodies_that_are_no_activity(refusing: ServedBot, microsoft: Microsoft) -> None:
    headers = {**JSON, "Authorization": f"Bearer {microsoft.channel.token()}"}
    statuses = {name: (await refusing.teams.post_raw(body, headers)).status for name, (body, _) in BODIES.items()}
    assert statuses == {name: status for name, (_, status) in BODIES.items()}


async def test_activities_of_the_wrong_shape_or_origin(refusing: ServedBot) -> None:
    statuses = {name: (await refusing.teams.post(activity)).status for name, (activity, _) in ACTIVITIES.items()}
    assert statuses == {name: status for name, (_, status) in ACTIVITIES.items()}


async def test_callers_that_are_not_the_channel(refusing: ServedBot, microsoft: Microsoft) -> None:
    body, answers = orjson.dumps(install_personal()), {}
    for name, header in tokens(microsoft).items():
        answers[name] = await refusing.teams.post_raw(body, {**JSON, "Authorization": header})
    answers["missing"] = await refusing.teams.post_raw(body, JSON)
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {"Bearer"}
    assert len({answer.body for answer in answers.values()}) == 1


async def test_requests_that_are_no_post_of_json(refusing: ServedBot, microsoft: Microsoft) -> None:
    body, bearer = orjson.dumps(install_personal()), {"Authorization": f"Bearer {microsoft.channel.token()}"}
    for kind in ({}, {"Content-Type": "text/plain"}, {**JSON, "Content-Encoding": "gzip"}):
        assert (await refusing.teams.post_raw(body, {**bearer, **kind})).status == 415, kind
    async with refusing.session.get(f"{refusing.url}/api/messages", headers=bearer) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_a_body_that_does_not_say_how_large_it_is(refusing: ServedBot, microsoft: Microsoft) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 4096 + 1):
            yield b" " * 4096

    headers = {**JSON, "Authorization": f"Bearer {microsoft.channel.token()}"}
    async with refusing.session.post(f"{refusing.url}/api/messages", data=endless(), headers=headers) as answer:
        assert answer.status == 413


def error(status: int, code: str = "", **headers: str) -> Fault:
    return respond(status, json={"error": {"code": code, "message": "no"}}, headers=headers)


CONNECTOR_TROUBLE: dict[str, tuple[Fault, int]] = {
    "401": (error(401), 2),  # once more, with a new token
    "403": (error(403, "Forbidden"), 1),
    "429": (error(429, "TooManyRequests", **{"Retry-After": "1"}), 1),
    "500": (error(500), 1),
    "502": (respond(502, body="<html>Bad Gateway</html>", content_type="text/html"), 1),
    "closed": (close(), 1),
    "garbage": (garbage(), 1),
}


async def test_a_welcome_that_the_connector_did_not_take_comes_by_itself(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    for name, (fault, times) in CONNECTOR_TROUBLE.items():
        team = new_team(name)
        microsoft.connector.faults.add(fault, times, path=team.channel_id)
        assert (await bot.teams.post(install_team(team))).status == 201
        assert (await bot.teams.post(installation_update(team))).status == 201
    await microsoft.connector.arrived(len(CONNECTOR_TROUBLE), within=10)
    await happens(lambda: None not in rows(tmp_path, "welcomed_at"))
    assert sorted(summaries(microsoft)) == sorted(f"Set up Sentry for {name}" for name in CONNECTOR_TROUBLE)
    assert rows(tmp_path) == ["team"] * len(CONNECTOR_TROUBLE)


async def test_a_place_that_is_gone_is_not_tried_again_by_its_other_event(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    team = new_team()
    microsoft.connector.faults.add(error(404, "ConversationNotFound"))
    statuses = [(await bot.teams.post(event)).status for event in (install_team(team), installation_update(team))]
    assert (statuses, rows(tmp_path)) == ([201, 201], ["team"])
    assert microsoft.connector.requests.total() == 1


async def test_the_welcome_of_a_process_that_died_is_sent_by_the_next(
    start_bot: Any, microsoft: Microsoft, tmp_path: Path
) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'bot.db'}", cipher_keys=[SECRET_KEY])
    team, died = new_team("Late"), datetime.now(UTC) - timedelta(minutes=2)
    place = Place(microsoft.tenant_id, team.team_id, PlaceKind.TEAM)
    to = ConversationReference(microsoft.service_url, team.channel_id, microsoft.tenant_id)
    await store.arrive(Arrival(place, "Late", to, "29:installer", died), "nonce", died)
    await store.close()
    await start_bot()
    await microsoft.connector.arrived(1)
    assert summaries(microsoft) == ["Set up Sentry for Late"]


async def test_a_connector_that_hangs_holds_up_nobody_else(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    team, began = new_team("Stuck"), time.monotonic()
    microsoft.connector.faults.add(hang(), path=team.channel_id.partition("@")[0])
    stuck = asyncio.create_task(bot.teams.post(install_team(team)))
    await asyncio.sleep(0.2)
    assert (await bot.teams.post(install_team(new_team("Quick")))).status == 201
    assert time.monotonic() - began < 5
    assert (await stuck).status == 201
    assert time.monotonic() - began < 13
    await microsoft.connector.arrived(2)
    assert summaries(microsoft) == ["Set up Sentry for Quick", "Set up Sentry for Stuck"]
    assert len(rows(tmp_path)) == 2


@pytest.mark.parametrize("trouble", ["refuses", "unreachable"])
async def test_a_welcome_waits_for_the_token_endpoint(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path, trouble: str
) -> None:
    team = new_team()
    if trouble == "refuses":
        microsoft.entra.secret = "another"
    else:
        microsoft.proxy.unreachable.add("login.microsoftonline.com")
    assert (await bot.teams.post(install_team(team))).status == 201
    assert (rows(tmp_path), summaries(microsoft)) == (["team"], [])
    microsoft.entra.reset()
    microsoft.proxy.reset()
    await microsoft.connector.arrived(1, within=15)
    assert summaries(microsoft) == ["Set up Sentry for Acme Corp"]


async def test_an_answer_that_cannot_be_posted_fails_no_event(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry
) -> None:
    chat = new_personal_chat()
    await connect(bot, microsoft, sentry, chat)
    for command in ("help", "status", "setup"):
        microsoft.connector.faults.add(error(403, "MessageWritesBlocked"))
        with capture_logs() as lines:
            assert await say(bot, chat, command) == 201
        assert [line["event"] for line in lines] == ["answer not posted", "activity handled"]
    await say(bot, chat, "status")
    assert summaries(microsoft)[-1].startswith("The Interstellar Jurisdiction is connected")


async def test_callers_wait_while_the_channels_keys_cannot_be_had(start_bot: Any, microsoft: Microsoft) -> None:
    microsoft.proxy.unreachable.add("login.botframework.com")
    bot = await start_bot()
    answer = await bot.teams.post(install_team(new_team()))
    assert (answer.status, answer.headers["Retry-After"].isdecimal()) == (503, True)


async def test_a_locked_database_asks_the_caller_to_come_again(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    team = new_team()
    with closing(database(tmp_path)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = await bot.teams.post(install_team(team))
        other.execute("ROLLBACK")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json() == {"error": "try again later"}
    assert not microsoft.connector.requests
    assert (await bot.teams.post(install_team(team))).status == 201
    assert summaries(microsoft) == ["Set up Sentry for Acme Corp"]


async def test_a_database_that_is_gone_is_not_taken_for_an_empty_one(
    bot: ServedBot, microsoft: Microsoft, tmp_path: Path
) -> None:
    chat = new_personal_chat()
    await bot.teams.post(install_personal(chat))
    (tmp_path / "bot.db").rename(tmp_path / "away.db")
    answers = [await bot.teams.post(activity) for activity in (install_team(new_team()), message(chat, "status"))]
    assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 2
    assert len(microsoft.connector.activities) == 1
    assert not (tmp_path / "bot.db").exists()
