"""Posting into Teams: what is repeated, what is not, and when it ends."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapter.seam import Seam
from model import ConversationReference
from sandbox.faults import Fault, accept_then_close, close, garbage, hang, respond, trickle
from sandbox.microsoft import Microsoft
from tests.adapter.posting import AT_ONCE, HELLO, HOST, calls, failure


@pytest.fixture
async def posted(seam: Seam, chat: ConversationReference, microsoft: Microsoft) -> str:
    """The id of an activity that stands in the chat already."""
    activity_id = await seam.connector.send(chat, HELLO)
    microsoft.connector.requests.clear()
    return activity_id


@pytest.mark.parametrize("status", [412, 429, 503])
async def test_what_was_not_taken_is_posted_again(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, status: int
) -> None:
    microsoft.connector.faults.add(respond(status, headers=AT_ONCE))
    assert await seam.connector.send(chat, HELLO)
    assert (calls(microsoft), len(microsoft.connector.activities)) == (2, 1)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 500, 501, 502, 504])
async def test_what_may_have_been_taken_or_never_will_be_is_not_posted_again(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, status: int
) -> None:
    microsoft.connector.faults.add(respond(status, headers=AT_ONCE), times=None)
    error = await failure(seam.connector.send(chat, HELLO))
    assert (error.status, calls(microsoft)) == (status, 1)
    assert error.retryable is error.maybe_delivered is (status in {502, 504})


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_an_update_is_made_again_since_it_cannot_double(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, posted: str, status: int
) -> None:
    microsoft.connector.faults.add(respond(status, headers=AT_ONCE))
    await seam.connector.update(chat, posted, {"type": "message", "text": "changed"})
    assert calls(microsoft) == 2
    assert [shown["text"] for shown in microsoft.connector.shown("a:1chat")] == ["changed"]


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_an_update_that_never_will_be_taken_is_not_made_again(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, posted: str, status: int
) -> None:
    microsoft.connector.faults.add(respond(status, headers=AT_ONCE), times=None)
    error = await failure(seam.connector.update(chat, posted, HELLO))
    assert (error.status, error.retryable, calls(microsoft)) == (status, False, 1)


async def test_five_attempts_are_enough(seam: Seam, chat: ConversationReference, microsoft: Microsoft) -> None:
    microsoft.connector.faults.add(respond(503, headers=AT_ONCE), times=None)
    error = await failure(seam.connector.send(chat, HELLO))
    assert (error.status, error.retryable, calls(microsoft)) == (503, True, 5)


async def test_whoever_repeats_elsewhere_gets_one_attempt(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    microsoft.connector.faults.add(respond(503, headers=AT_ONCE), times=None)
    await failure(seam.connector.send(chat, HELLO, repeat=False))
    assert calls(microsoft) == 1


@pytest.mark.parametrize("as_date", [False, True])
async def test_a_pause_that_is_asked_for_is_kept(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, as_date: bool
) -> None:
    await seam.connector.send(chat, HELLO)
    wanted = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_date else "1"
    microsoft.connector.faults.add(respond(429, headers={"Retry-After": wanted}))
    began = time.monotonic()
    await seam.connector.send(chat, HELLO)
    assert microsoft.connector.activities[-1].at - began > 0.9


async def test_a_pause_that_is_too_long_is_left_to_others(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    microsoft.connector.faults.add(respond(429, headers={"Retry-After": "60"}))
    async with asyncio.timeout(5):
        error = await failure(seam.connector.send(chat, HELLO))
    assert (error.status, error.retry_after, error.retryable, calls(microsoft)) == (429, 60.0, True, 1)


@pytest.mark.parametrize("fault", [hang(), trickle(0.3)])
async def test_a_call_ends_in_time(seam: Seam, chat: ConversationReference, microsoft: Microsoft, fault: Fault) -> None:
    await seam.connector.send(chat, HELLO)
    microsoft.connector.faults.add(fault, times=None)
    async with asyncio.timeout(3):
        error = await failure(seam.connector.send(chat, HELLO, within=0.4))
    assert (error.status, error.code, error.maybe_delivered, calls(microsoft)) == (None, "TimeoutError", True, 2)


async def test_repeats_end_in_time_too(seam: Seam, chat: ConversationReference, microsoft: Microsoft) -> None:
    await seam.connector.send(chat, HELLO)
    microsoft.connector.faults.add(respond(503), times=None)
    async with asyncio.timeout(3):
        error = await failure(seam.connector.send(chat, HELLO, within=0.5))
    assert (error.status, calls(microsoft) < 5) == (503, True)


@pytest.mark.parametrize("fault", [close(), garbage(), garbage(b"HTTP/1.1 banana\r\n\r\n")])
async def test_a_post_whose_answer_is_lost_is_not_repeated(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, fault: Fault
) -> None:
    microsoft.connector.faults.add(fault, times=None)
    error = await failure(seam.connector.send(chat, HELLO))
    assert (error.status, error.retryable, error.maybe_delivered, calls(microsoft)) == (None, True, True, 1)


async def test_a_post_that_was_taken_before_the_connection_broke_stands_once(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    microsoft.connector.faults.add(accept_then_close())
    assert (await failure(seam.connector.send(chat, HELLO))).maybe_delivered
    assert len(microsoft.connector.activities) == 1


@pytest.mark.parametrize("fault", [close(), accept_then_close(), garbage()])
async def test_an_update_whose_answer_is_lost_is_repeated(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, posted: str, fault: Fault
) -> None:
    microsoft.connector.faults.add(fault)
    await seam.connector.update(chat, posted, {"type": "message", "text": "changed"})
    assert [shown["text"] for shown in microsoft.connector.shown("a:1chat")] == ["changed"]


async def test_what_never_left_is_sent_again(seam: Seam, chat: ConversationReference, microsoft: Microsoft) -> None:
    microsoft.proxy.unreachable.add(HOST)
    sending = asyncio.ensure_future(seam.connector.send(chat, HELLO))
    while not microsoft.proxy.refused[HOST]:  # noqa: ASYNC110 - refused in another thread
        await asyncio.sleep(0.01)
    microsoft.proxy.unreachable.clear()
    assert await sending
    assert len(microsoft.connector.activities) == 1


async def test_a_connector_that_cannot_be_reached_took_nothing(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    microsoft.proxy.unreachable.add(HOST)
    error = await failure(seam.connector.send(chat, HELLO, within=1))
    assert (error.status, error.retryable, error.maybe_delivered) == (None, True, False)


async def test_one_connection_serves_many_posts(seam: Seam, chat: ConversationReference, microsoft: Microsoft) -> None:
    for _ in range(30):
        await seam.connector.send(chat, HELLO)
    assert microsoft.connections[HOST] == 1


@pytest.mark.parametrize("conversation", ["19:x@thread.tacv2;messageid=1767378500000", "a:1/b?c#d%2F é", "19:..", "|"])
async def test_any_conversation_is_found(seam: Seam, microsoft: Microsoft, conversation: str) -> None:
    to = ConversationReference(microsoft.service_url, conversation, microsoft.tenant_id)
    first = await seam.connector.send(to, HELLO)
    await seam.connector.reply(to, first, HELLO)
    await seam.connector.update(to, first, HELLO)
    assert [(post.conversation_id, post.method, post.reply_to) for post in microsoft.connector.activities] == [
        (conversation, "POST", None), (conversation, "POST", first), (conversation, "PUT", None)
    ]  # fmt: skip
    assert {post.activity["from"]["id"] for post in microsoft.connector.activities} == {f"28:{microsoft.app_id}"}
