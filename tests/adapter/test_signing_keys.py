"""The channel's keys: fetched once for all, followed through a rotation, kept through an outage."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from adapter.clouds import CLOUDS
from adapter.refusals import Refused
from adapter.signing_keys import FETCH_WITHIN, UNENDORSED, SigningKeys, parse_keys
from sandbox.faults import Fault, accept_then_close, close, delay, garbage, hang, respond, trickle
from sandbox.microsoft import Microsoft
from sandbox.openid import KEYS_PATH, METADATA_PATH
from sandbox.tokens import new_key
from settings import ChannelService
from tests.adapter.clocks import DAY, HOUR, MINUTE, Seconds
from tests.adapter.draft import Draft, base64url
from tests.adapter.serving import outgoing
from tests.adapter.wire import exchange
from tests.conftest import ServedBot

URL = CLOUDS[ChannelService.PUBLIC].openid_metadata_url
PATIENCE = 0.6
KEY = new_key("key-1", ("msteams",))


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
async def keys(microsoft: Microsoft, clock: Seconds) -> AsyncIterator[SigningKeys]:
    assert microsoft.environment
    async with outgoing() as session:
        store = SigningKeys(session, URL, clock)
        yield store
        await store.close()


@pytest.fixture
async def impatient_keys(microsoft: Microsoft, clock: Seconds) -> AsyncIterator[SigningKeys]:
    assert microsoft.environment
    async with outgoing() as session:
        store = SigningKeys(session, URL, clock, within=PATIENCE)
        yield store
        await store.close()


def fetches(microsoft: Microsoft) -> int:
    return microsoft.openid.requests[KEYS_PATH]


async def refused(keys: SigningKeys, key_id: str) -> Refused:
    with pytest.raises(Refused) as refusal:
        await keys.get(key_id)
    return refusal.value


async def played(microsoft: Microsoft) -> None:
    """Wait until the background fetch has met the fault."""
    async with asyncio.timeout(5):
        while not microsoft.openid.faults.played:  # noqa: ASYNC110 - it is played in another thread
            await asyncio.sleep(0.005)


async def test_ten_who_wait_share_one_fetch(keys: SigningKeys, microsoft: Microsoft) -> None:
    microsoft.openid.faults.add(delay(0.05))
    found = await asyncio.gather(*(keys.get(microsoft.openid.teams_key.kid) for _ in range(10)))
    assert len({key.endorsements for key in found}) == 1
    assert microsoft.openid.requests == {METADATA_PATH: 1, KEYS_PATH: 1}


async def test_one_who_leaves_takes_nothing_from_the_others(keys: SigningKeys, microsoft: Microsoft) -> None:
    microsoft.openid.faults.add(delay(0.05))
    first, second = (asyncio.ensure_future(keys.get(microsoft.openid.teams_key.kid)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert await second
    assert fetches(microsoft) == 1


@pytest.mark.parametrize("after", [0, MINUTE, 3 * HOUR])
async def test_a_rotation_is_followed_by_all_who_ask_at_once(
    keys: SigningKeys, microsoft: Microsoft, clock: Seconds, after: float
) -> None:
    old = microsoft.openid.teams_key.kid
    await keys.get(old)
    clock.pass_by(after)
    microsoft.openid.rotate()
    new = microsoft.openid.teams_key.kid
    microsoft.openid.faults.add(delay(0.05))
    await asyncio.gather(*(keys.get(new) for _ in range(10)))
    assert fetches(microsoft) == 2
    assert (await refused(keys, old)).reason == "token_key_unknown"


async def test_a_rotation_is_followed_within_one_request(bot: ServedBot, microsoft: Microsoft) -> None:
    assert (await exchange(bot.url, Draft(microsoft).wire())).status == 201
    microsoft.openid.rotate()
    assert (await exchange(bot.url, Draft(microsoft).wire())).status == 201


async def test_a_thousand_forged_key_ids_cause_one_fetch(
    keys: SigningKeys, microsoft: Microsoft, clock: Seconds
) -> None:
    await keys.get(microsoft.openid.teams_key.kid)
    refusals = await asyncio.gather(*(refused(keys, f"forged-{number}") for number in range(1000)))
    assert {(refusal.status, refusal.reason) for refusal in refusals} == {(401, "token_key_unknown")}
    assert fetches(microsoft) == 2
    clock.pass_by(MINUTE - 1)
    await refused(keys, "forged")
    assert fetches(microsoft) == 2
    clock.pass_by(1)
    await refused(keys, "forged")
    assert fetches(microsoft) == 3


async def test_a_thousand_forged_requests_cause_one_fetch_and_no_turn(bot: ServedBot, microsoft: Microsoft) -> None:
    good = Draft(microsoft)
    assert (await exchange(bot.url, good.wire())).status == 201
    before, posted = fetches(microsoft), len(microsoft.connector.activities)
    rest = good.signed().partition(".")[2]
    forged = [Draft(microsoft) for _ in range(1000)]
    for number, draft in enumerate(forged):
        head = base64url(orjson.dumps({"alg": "RS256", "kid": f"forged-{number}"})).decode()
        draft.token = f"{head}.{rest}"
    for start in range(0, 1000, 50):
        batch = forged[start : start + 50]
        replies = await asyncio.gather(*(exchange(bot.url, draft.wire()) for draft in batch))
        assert {reply.status for reply in replies} == {401}
    assert fetches(microsoft) - before == 1
    assert len(microsoft.connector.activities) == posted


async def test_keys_are_fetched_in_the_background_before_they_age(
    keys: SigningKeys, microsoft: Microsoft, clock: Seconds
) -> None:
    await keys.get(microsoft.openid.teams_key.kid)
    clock.pass_by(13 * HOUR)
    microsoft.openid.faults.add(hang(), method="GET")
    async with asyncio.timeout(FETCH_WITHIN / 2):
        await keys.get(microsoft.openid.teams_key.kid)
    await played(microsoft)
    assert microsoft.openid.requests[METADATA_PATH] == 2


async def test_stale_keys_are_used_for_five_days_of_an_outage(
    keys: SigningKeys, microsoft: Microsoft, clock: Seconds
) -> None:
    kid = microsoft.openid.teams_key.kid
    await keys.get(kid)
    microsoft.openid.faults.add(respond(503), times=None)
    for _ in range(10):
        clock.pass_by(DAY / 2)
        assert await keys.get(kid)
        assert keys.usable
        await asyncio.sleep(0.02)
    assert microsoft.openid.faults.played >= 8
    clock.pass_by(1)
    refusal = await refused(keys, kid)
    assert (refusal.status, refusal.reason) == (503, "signing_keys_unavailable")
    assert int(refusal.headers["Retry-After"]) > 0
    assert not keys.usable
    microsoft.openid.faults.clear()
    clock.pass_by(MINUTE)
    assert await keys.get(kid)


async def test_a_key_that_cannot_be_looked_up_in_an_outage_is_asked_for_again_later(
    keys: SigningKeys, microsoft: Microsoft
) -> None:
    await keys.get(microsoft.openid.teams_key.kid)
    microsoft.openid.faults.add(respond(503), times=None)
    microsoft.openid.rotate()
    new = microsoft.openid.teams_key.kid
    assert (await refused(keys, new)).status == 503


async def test_a_dead_host_at_the_start_is_not_asked_at_every_request(
    keys: SigningKeys, microsoft: Microsoft, clock: Seconds
) -> None:
    microsoft.openid.faults.add(respond(503), times=None)
    await keys.warm_up()
    for _ in range(5):
        assert (await refused(keys, microsoft.openid.teams_key.kid)).status == 503
    assert microsoft.openid.faults.played == 1
    clock.pass_by(5)
    await refused(keys, microsoft.openid.teams_key.kid)
    assert microsoft.openid.faults.played == 2


async def test_teams_is_told_when_to_come_again(start_bot: Callable[..., Any], microsoft: Microsoft) -> None:
    microsoft.openid.faults.add(respond(503), times=None)
    bot = await start_bot()
    reply = await exchange(bot.url, Draft(microsoft).wire())
    assert (reply.status, reply.headers["Retry-After"], reply.json()) == (503, "5", {"error": "try again later"})


ANSWERS: dict[str, Fault] = {
    "an error": respond(500, body="<html>oops</html>", content_type="text/html"),
    "no JSON": respond(200, body="<html>", content_type="text/html"),
    "nothing": respond(200),
    "null": respond(200, body="null"),
    "a list": respond(200, json=[]),
    "an empty object": respond(200, json={}),
    "a redirect": respond(302, headers={"Location": "https://login.botframework.com/v1/.well-known/keys"}),
    "no content": respond(204),
    "too much": respond(200, body=b" " * (1024 * 1024 + 1)),
    "garbage": garbage(),
    "a cut connection": close(),
    "a connection cut late": accept_then_close(),
    "silence": hang(),
    "a trickle": trickle(0.05),
}


@pytest.mark.parametrize("path", [METADATA_PATH, KEYS_PATH])
@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_host_that_answers_badly_is_no_host(
    impatient_keys: SigningKeys, microsoft: Microsoft, answer: str, path: str
) -> None:
    microsoft.openid.faults.add(ANSWERS[answer], times=None, path=path)
    async with asyncio.timeout(PATIENCE * 5):
        assert (await refused(impatient_keys, microsoft.openid.teams_key.kid)).status == 503


@pytest.mark.parametrize(
    "uri", ["http://login.botframework.com/keys", "file:///etc/passwd", "", None, 5, ["https://x"]]
)
async def test_keys_come_over_https_only(keys: SigningKeys, microsoft: Microsoft, uri: object) -> None:
    microsoft.openid.faults.add(respond(200, json={"jwks_uri": uri}))
    assert (await refused(keys, microsoft.openid.teams_key.kid)).status == 503


async def test_one_broken_key_spoils_no_other(keys: SigningKeys, microsoft: Microsoft) -> None:
    microsoft.openid.list_broken_key()
    assert (await keys.get(microsoft.openid.teams_key.kid)).endorsements == ("msteams", "skype", "cortana")


def listed(**changed: object) -> dict[str, Any]:
    return {**KEY.jwk(), **changed}


ELLIPTIC: dict[str, Any] = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
PRIVATE: dict[str, Any] = RSAAlgorithm.to_jwk(KEY.private, as_dict=True)
BROKEN: tuple[Any, ...] = (
    None, 5, "key", [], {}, {"kty": "RSA"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
    listed(n="!"), listed(n=5), listed(n=None), listed(e=[]), listed(kid=None), listed(kid=5), listed(kty="EC"),
    {**ELLIPTIC, "kid": "a"}, {**PRIVATE, "kid": "a"},
)  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_key_of_no_use_is_left_out(broken: object) -> None:
    assert list(parse_keys({"keys": [broken, KEY.jwk(), broken]})) == ["key-1"]
    with pytest.raises(ValueError, match="no usable key"):
        parse_keys({"keys": [broken]})


@pytest.mark.parametrize("key_set", [None, 5, [], {}, {"keys": None}, {"keys": {}}, {"keys": "x"}, {"keys": []}])
def test_a_set_without_keys_is_none(key_set: object) -> None:
    with pytest.raises(ValueError, match="no usable key"):
        parse_keys(key_set)


@pytest.mark.parametrize("endorsements", [None, [], [5], "msteams", {"msteams": True}])
def test_a_key_without_endorsements_speaks_for_no_channel(endorsements: object) -> None:
    assert parse_keys({"keys": [listed(endorsements=endorsements)]})["key-1"].endorsements == UNENDORSED


async def test_closing_ends_a_fetch(microsoft: Microsoft) -> None:
    microsoft.openid.faults.add(hang())
    async with outgoing() as session:
        store = SigningKeys(session, URL, Seconds())
        waiting = asyncio.ensure_future(store.get("any"))
        await played(microsoft)
        async with asyncio.timeout(4):
            await store.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting
