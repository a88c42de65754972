"""What is handed over goes out once, in order, within Teams' limits, whatever fails on the way."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from sandbox.faults import Fault, accept_then_close, close, delay, hang, respond
from sandbox.limits import TeamsLimits
from sandbox.microsoft import Microsoft
from store import Method, State
from tests.databases import ask, let_pass
from tests.services.carriers import Carriers, all_done, ended
from tests.services.conftest import Texts

LEASE = 46


def error(status: int, code: str = "", **headers: str) -> Fault:
    return respond(status, json={"error": {"code": code, "message": "no"}}, headers=headers)


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_a_card_is_stored_before_the_caller_goes_on_and_then_posted(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    one = await carriers.instance(start=False)
    delivery_id = await one.delivery.deliver(carriers.card())
    (waiting,) = await ended(one, State.WAITING)
    assert waiting.id == delivery_id
    one.start()
    await all_done(one)
    assert texts() == ["card 1"]
    (done,) = await ended(one, State.DELIVERED)
    assert (done.id, done.outcome, done.attempts) == (delivery_id, microsoft.connector.activities[0].activity_id, 1)


async def test_a_card_goes_out_soon_after_it_was_handed_over(carriers: Carriers, microsoft: Microsoft) -> None:
    one = await carriers.instance()
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await one.delivery.deliver(carriers.card())
    await microsoft.connector.arrived(1)
    assert microsoft.connector.activities[0].at - began < 0.5


async def test_another_instance_carries_what_the_first_stored(carriers: Carriers) -> None:
    one, other = await carriers.instance(start=False), await carriers.instance()
    await one.delivery.deliver(carriers.card())
    await all_done(other)
    assert (one.delivery.figures.sent, other.delivery.figures.sent) == (0, 1)


async def test_the_same_key_from_two_instances_is_one_card(carriers: Carriers, texts: Texts) -> None:
    instances = [await carriers.instance() for _ in range(2)]
    new = carriers.card()
    ids = await asyncio.gather(*(one.delivery.deliver(new) for one in instances * 5))
    await all_done(instances[0])
    assert await instances[1].delivery.deliver(new) == ids[0]
    assert (len(set(ids)), texts()) == (1, ["card 1"])


async def test_a_reply_and_an_update_reach_their_activity(carriers: Carriers, microsoft: Microsoft) -> None:
    one = await carriers.instance()
    await one.delivery.deliver(carriers.card())
    await all_done(one)
    first = microsoft.connector.activities[0].activity_id
    await one.delivery.deliver(carriers.card(method=Method.REPLY, activity_id=first))
    await one.delivery.deliver(carriers.card(method=Method.UPDATE, activity_id=first))
    await all_done(one)
    _, reply, update = microsoft.connector.activities
    assert (reply.method, reply.reply_to) == ("POST", first)
    assert (update.method, update.activity_id, update.activity["summary"]) == ("PUT", first, "card 3")


async def test_order_in_a_conversation_is_kept_by_two_instances_and_through_failures(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    instances = [await carriers.instance() for _ in range(2)]
    for fault in (error(429, **{"Retry-After": "1"}), delay(0.3), close()):
        microsoft.connector.faults.add(fault)
    for number in range(6):
        await instances[number % 2].delivery.deliver(carriers.card())
    await all_done(instances[0], 20)
    assert texts() == [f"card {number}" for number in range(1, 7)]


@pytest.mark.parametrize("seconds", [1, 2])
async def test_retry_after_is_honoured_to_the_second(carriers: Carriers, microsoft: Microsoft, seconds: int) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(error(429, **{"Retry-After": str(seconds)}))
    began = time.monotonic()
    await one.delivery.deliver(carriers.card())
    await microsoft.connector.arrived(1)
    waited = microsoft.connector.activities[0].at - began
    assert seconds <= waited < seconds + 0.7
    assert microsoft.connector.requests.total() == 2


async def test_a_long_retry_after_survives_all_processes(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(error(503, **{"Retry-After": "3600"}))
    await one.delivery.deliver(carriers.card())
    await until(lambda: one.delivery.figures.retried == 1)
    await one.delivery.stop(1)
    other = await carriers.instance()
    let_pass(carriers.url, 3590)
    await asyncio.sleep(0.3)
    assert texts() == []
    let_pass(carriers.url, 11)
    await all_done(other)
    assert texts() == ["card 1"]


@pytest.mark.parametrize(
    "fault", [error(412), error(429), error(502), error(503), error(504), close(), accept_then_close()]
)
async def test_passing_failures_are_tried_again(
    carriers: Carriers, microsoft: Microsoft, texts: Texts, fault: Fault
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(fault)
    await one.delivery.deliver(carriers.card())
    await all_done(one)
    assert texts()[-1] == "card 1"
    (done,) = await ended(one, State.DELIVERED)
    assert done.attempts == 2
    # Where the answer was lost, the card may stand there twice, and is counted.
    assert len(texts()) - 1 <= one.delivery.figures.maybe_doubled <= 1


async def test_tries_go_on_for_a_day_and_then_end(carriers: Carriers, microsoft: Microsoft, texts: Texts) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(error(503), times=None)
    await one.delivery.deliver(carriers.card())
    for tries in range(1, 25):
        await until(lambda: ask(carriers.url, f"SELECT state FROM deliveries WHERE attempts = {tries}") == [(0,)])  # noqa: B023, S608
        let_pass(carriers.url, 3600)
        one.delivery._wake.set()  # or it would look again within a second
    await all_done(one)
    (failed,) = await ended(one, State.FAILED)
    assert "503" in (failed.outcome or "")
    microsoft.connector.faults.clear()
    assert await one.store.deliveries.retry([failed.id]) == 1
    await all_done(one)
    assert texts() == ["card 1"]


async def test_what_is_too_late_is_not_posted(carriers: Carriers, texts: Texts) -> None:
    one = await carriers.instance(start=False)
    await one.delivery.deliver(carriers.card(within=timedelta(minutes=10)))
    await one.delivery.deliver(carriers.card())
    let_pass(carriers.url, 601)
    one.start()
    await all_done(one)
    assert texts() == ["card 2"]
    (failed,) = await ended(one, State.FAILED)
    assert "no more time" in (failed.outcome or "")


@pytest.mark.parametrize(
    "fault",
    [
        error(403, "BotNotInConversationRoster"),
        error(403, "BotDisabledByAdmin"),
        error(403, "ConversationBlockedByUser"),
        error(403, "MessageWritesBlocked"),
        error(404, "ConversationNotFound"),
    ],
)
async def test_what_is_final_ends_at_once_and_nobody_sends_there_until_it_is_heard_from(
    carriers: Carriers, microsoft: Microsoft, texts: Texts, fault: Fault
) -> None:
    one = await carriers.instance(start=False)
    installation = await carriers.arrive(one)
    await one.store.welcomed(installation.id, "welcome", installation.installed_at)
    microsoft.connector.faults.add(fault)
    for place in (0, 0, 1):
        to = carriers.conversation(place)
        await one.delivery.deliver(carriers.card(to, installation_id=installation.id if place == 0 else None))
    one.start()
    await all_done(one)
    assert len(await ended(one, State.FAILED)) == 2
    assert texts() == ["card 3"]
    other = await carriers.instance()
    await other.delivery.deliver(carriers.card(carriers.conversation(7), installation_id=installation.id))
    await all_done(one)
    assert texts() == ["card 3"]
    assert microsoft.connector.requests.total() == 2
    await one.installations.seen(installation.place, installation.conversation.service_url)
    await other.delivery.deliver(carriers.card(installation_id=installation.id))
    await all_done(one)
    assert texts() == ["card 3", "card 5"]


async def test_a_card_that_teams_will_never_take_holds_up_nothing(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    one = await carriers.instance(start=False)
    microsoft.connector.faults.add(error(413, "MessageSizeTooBig"))
    for _ in range(2):
        await one.delivery.deliver(carriers.card())
    one.start()
    await all_done(one)
    assert texts() == ["card 2"]
    assert [failed.outcome for failed in await ended(one, State.FAILED)] == ["connector: 413 MessageSizeTooBig no"]


async def test_a_slow_or_throttled_conversation_holds_up_no_other(carriers: Carriers, microsoft: Microsoft) -> None:
    one = await carriers.instance(start=False)
    slow, throttled = carriers.conversation(1), carriers.conversation(2)
    microsoft.connector.faults.add(hang(), path=slow.conversation_id[:11])
    microsoft.connector.faults.add(error(429, **{"Retry-After": "60"}), path=throttled.conversation_id[:11])
    for to in (slow, throttled, *(carriers.conversation(number) for number in range(3, 13))):
        await one.delivery.deliver(carriers.card(to))
    began = time.monotonic()
    one.start()
    await microsoft.connector.arrived(10)
    assert time.monotonic() - began < 3
    microsoft.connector.faults.clear()
    one.die()


async def test_limits_of_a_conversation_are_kept_by_two_instances(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    microsoft.connector.limits = TeamsLimits()
    instances = [await carriers.instance() for _ in range(2)]
    for number in range(10):
        await instances[number % 2].delivery.deliver(carriers.card())
    await all_done(instances[0], 20)
    assert not microsoft.connector.limits.violations
    assert len(texts()) == 10
    times = [posted.at for posted in microsoft.connector.activities]
    assert all(later[1] - earlier[0] >= 0 for earlier, later in pairwise(zip(times, times, strict=True)))


async def test_limits_of_a_tenant_are_kept_by_two_instances(carriers: Carriers, microsoft: Microsoft) -> None:
    microsoft.connector.limits = TeamsLimits()
    instances = [await carriers.instance() for _ in range(2)]
    cards = [carriers.card(carriers.conversation(number)) for number in range(60)]
    began = time.monotonic()
    await asyncio.gather(*(instances[n % 2].delivery.deliver(new) for n, new in enumerate(cards)))
    elsewhere = carriers.conversation(1, "elsewhere")
    await instances[0].delivery.deliver(carriers.card(elsewhere))
    await all_done(instances[0], 20)
    assert not microsoft.connector.limits.violations
    took = microsoft.connector.activities[-1].at - began
    assert 2.6 <= took < 10, "22 a second"
    other = next(one for one in microsoft.connector.activities if "elsewhere" in one.service_url)
    assert other.at - began < 2


async def test_a_dead_instances_work_goes_on_in_order_within_a_minute(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(hang())
    for _ in range(3):
        await one.delivery.deliver(carriers.card())
    await until(lambda: microsoft.connector.faults.played == 1)
    one.die()
    other = await carriers.instance()
    let_pass(carriers.url, LEASE - 2)
    await asyncio.sleep(0.2)
    assert texts() == []
    let_pass(carriers.url, 3)
    await all_done(other)
    assert texts() == ["card 1", "card 2", "card 3"]
    assert other.delivery.figures.taken_over == 1


async def test_stopping_hands_back_what_waits_and_finishes_what_is_on_the_wire(
    carriers: Carriers, microsoft: Microsoft, texts: Texts
) -> None:
    one = await carriers.instance(start=False)
    microsoft.connector.faults.add(delay(0.5))
    for number in range(12):
        await one.delivery.deliver(carriers.card(carriers.conversation(number)))
    one.start()
    await until(lambda: microsoft.connector.faults.played == 1)
    began = time.monotonic()
    await one.delivery.stop(10)
    assert time.monotonic() - began < 3
    sent = len(await ended(one, State.DELIVERED))
    assert sent == len(texts()) == one.delivery.figures.sent
    assert 1 <= sent < 12
    assert ask(carriers.url, "SELECT count(*) FROM lanes WHERE claim IS NOT NULL") == [(0,)]
    other = await carriers.instance()
    await all_done(other)
    assert len(texts()) == 12
    assert other.delivery.figures.taken_over == 0


async def test_stopping_waits_no_longer_than_it_may(carriers: Carriers, microsoft: Microsoft) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(hang())
    await one.delivery.deliver(carriers.card())
    await until(lambda: microsoft.connector.faults.played == 1)
    began = time.monotonic()
    await one.delivery.stop(0.5)
    assert time.monotonic() - began < 1.5
