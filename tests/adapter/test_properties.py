"""Whatever comes: an answer, never a 5xx, never a hang, never a trace."""

from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from yarl import URL

from adapter import retries
from adapter.activity import InboundActivity, parse, parse_timestamp, to_model
from adapter.channel_token import inspect
from adapter.clouds import CLOUDS
from adapter.mentions import mentions, text_without_mentions
from adapter.refusals import Refused
from adapter.service_urls import is_allowed
from handlers import facts
from settings import ChannelService
from tests.adapter.draft import Draft, authorization, body, seal
from tests.adapter.serving import WatchedBot
from tests.adapter.strategies import JSON, TEXTS, mutated_activities
from tests.adapter.wire import Reply, exchange
from tests.services.installed import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")
through_the_server = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
in_memory = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PUBLIC = CLOUDS[ChannelService.PUBLIC]
BASE64URL = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", max_size=60)
HEADER_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80)
URL_TEXTS = st.text("htps:/.@#?\\[]{}%0aAmb\u3002\t 443-", max_size=40)


def fine(reply: Reply) -> bool:
    """An answer that is neither ours to be ashamed of nor a trace."""
    return 200 <= reply.status < 500 and b"Traceback" not in reply.body and b'File "' not in reply.body


def status_of(data: bytes) -> int | None:
    """The status that the parser refuses these bytes with."""
    try:
        parse(data)
    except Refused as refused:
        return refused.status
    return None


async def post(bot: WatchedBot, data: bytes) -> Reply:
    draft = Draft(bot.microsoft)
    body(data)(draft)
    return await exchange(bot.url, draft.wire())


@through_the_server
@given(data=st.binary(max_size=300))
async def test_any_bytes_as_a_body(watched: WatchedBot, data: bytes) -> None:
    assert fine(await post(watched, data))


@through_the_server
@given(value=JSON)
async def test_any_json_as_a_body(watched: WatchedBot, value: Any) -> None:
    reply = await post(watched, orjson.dumps(value))
    assert (reply.status, list(reply.json())) == (400, ["error"])


@through_the_server
@given(activity=mutated_activities())
async def test_any_change_to_a_real_activity(watched: WatchedBot, activity: dict[str, Any]) -> None:
    draft = Draft(watched.microsoft, activity)
    reply = await exchange(watched.url, draft.wire())
    # An invoke that nobody knows is answered so; it is the one 5xx that Teams expects.
    assert fine(reply) or (reply.status == 501 and activity["type"] == "invoke")


@through_the_server
@given(text=HEADER_TEXT | HEADER_TEXT.map(lambda text: f"Bearer {text}"))
async def test_any_authorization(watched: WatchedBot, text: str) -> None:
    draft = Draft(watched.microsoft)
    authorization(text)(draft)
    assert (await exchange(watched.url, draft.wire())).status in {400, 401}


@through_the_server
@given(
    head=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c"]) | TEXTS, JSON, max_size=4)
)
async def test_any_head_of_a_signed_token(watched: WatchedBot, head: dict[str, Any]) -> None:
    draft = Draft(watched.microsoft)
    draft.token = seal(draft.microsoft.openid.teams_key, draft.usual_claims(), **head)
    reply = await exchange(watched.url, draft.wire())
    assert reply.status in {201, 400, 401}


@through_the_server
@given(
    claims=st.dictionaries(
        st.sampled_from(["iat", "nbf", "exp", "sub", "jti", "ver", "appid"]) | TEXTS, JSON, max_size=4
    )
)
async def test_any_claims_of_a_signed_token(watched: WatchedBot, claims: dict[str, Any]) -> None:
    draft = Draft(watched.microsoft)
    draft.token = seal(draft.microsoft.openid.teams_key, {**draft.usual_claims(), **claims})
    assert (await exchange(watched.url, draft.wire())).status in {201, 400, 401}


@through_the_server
@given(data=st.binary(min_size=1, max_size=200), place=st.integers(0, 60))
async def test_any_bytes_as_http(watched: WatchedBot, data: bytes, place: int) -> None:
    request = Draft(watched.microsoft).wire()
    reply = await exchange(watched.url, request[:place] + data + b"\r\n\r\n", and_no_more=True)
    assert reply.status < 500


@in_memory
@given(data=st.binary(max_size=200) | JSON.map(orjson.dumps))
async def test_the_parser_refuses_or_returns_an_activity(data: bytes) -> None:
    assert status_of(data) in {None, 400}


@in_memory
@given(activity=mutated_activities())
async def test_every_activity_that_is_accepted_can_be_read(activity: dict[str, Any]) -> None:
    try:
        raw = parse(orjson.dumps(activity))
    except Refused:
        return
    model = to_model(raw)
    assert isinstance(model, InboundActivity)
    assert model.raw == raw
    assert isinstance(model.serialize(), dict)
    arrival = facts.arrival_of(raw, NOW)
    assert arrival is None or arrival.at.tzinfo is not None
    assert isinstance(text_without_mentions(raw, "28:x"), str)
    assert not mentions(raw, "28:nobody")


@in_memory
@given(header=HEADER_TEXT | st.builds("Bearer {}.{}.{}".format, BASE64URL, BASE64URL, BASE64URL))
async def test_no_token_is_good_by_chance(header: str) -> None:
    with pytest.raises(Refused) as refusal:
        inspect(header, issuer=PUBLIC.issuer, app_id="app", now=0)
    assert refusal.value.status == 401


@in_memory
@given(url=URL_TEXTS | URL_TEXTS.map(lambda text: f"https://smba.trafficmanager.net{text}") | TEXTS)
async def test_an_allowed_service_url_means_one_host_to_every_parser(url: str) -> None:
    if is_allowed(url, PUBLIC):
        assert urlsplit(url).hostname == URL(url, encoded=True).host == "smba.trafficmanager.net"
        assert quote(url, safe=":/.~%-_") == url


@in_memory
@given(
    value=TEXTS
    | st.text("0123456789", max_size=5000)
    | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ .*")
)
@example("9" * 5000)
@example("Wed, 01 Jan 2020 00:00:00 +999999999999")
@example("Wed, 01 Jan 99999 00:00:00 GMT")
@example("\u0663")
async def test_any_retry_after(value: str) -> None:
    seconds = retries.retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


@in_memory
@given(text=TEXTS | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()))
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-14:00")
async def test_any_timestamp(text: str) -> None:
    moment = parse_timestamp(text)
    assert moment is None or moment.utcoffset() is not None
