"""Every place that the bot was added to gets its welcome, whatever fails on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.faults import close, hang, respond
from sandbox.limits import TeamsLimits
from sandbox.microsoft import Microsoft
from services.inline import IN_CONVERSATION
from store import State
from tests.databases import ask
from tests.handlers.talk import happens
from tests.services.carriers import Carriers, all_done, ended, now
from tests.services.conftest import Texts

WELCOME = "Set up Sentry for Team"


async def test_a_welcome_that_cannot_be_posted_now_is_delivered_and_noted(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(close())
    await one.installations.arrive(carriers.arrival())
    assert not await one.installations.arrive(carriers.arrival())
    await all_done(one)
    assert texts() == [WELCOME]
    found = await one.store.find(carriers.arrival().place)
    assert found is not None
    assert found.welcome_activity_id == microsoft.connector.activities[0].activity_id
    assert await one.store.pending_welcomes(now() + timedelta(hours=1), 10) == []


async def test_the_welcome_of_a_process_that_died_is_posted_by_one_of_two(carriers: Carriers, texts: Texts) -> None:
    one, other = await carriers.instance(), await carriers.instance()
    long_ago = now() - timedelta(minutes=2)
    for number in range(5):
        await one.store.arrive(carriers.arrival(number), f"nonce {number}", long_ago)
    await one.store.arrive(carriers.arrival(5), "nonce 5", now())
    taken = [await instance.installations.take_up_welcomes() for instance in (one, other, one)]
    assert taken == [5, 0, 0]
    await all_done(one)
    assert texts() == [WELCOME] * 5


async def test_an_odd_failure_has_a_second_try_and_is_then_listed(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(respond(500), times=2)
    await one.installations.arrive(carriers.arrival())
    await all_done(one)
    (failed,) = await ended(one, State.FAILED)
    assert (failed.purpose, failed.outcome) == ("welcome", "connector: 500")
    assert await one.installations.take_up_welcomes() == 0
    assert await one.store.deliveries.retry(None) == 1
    await all_done(one)
    assert texts() == [WELCOME]


@pytest.mark.parametrize("found_out_by", ["the turn", "the delivery"])
async def test_a_place_that_is_gone_is_left_alone_until_it_is_heard_from(
    microsoft: Microsoft, carriers: Carriers, texts: Texts, found_out_by: str
) -> None:
    one, other = await carriers.instance(), await carriers.instance()
    if found_out_by == "the delivery":
        microsoft.connector.faults.add(close())
    microsoft.connector.faults.add(respond(403, json={"error": {"code": "BotNotInConversationRoster"}}))
    arrival = carriers.arrival()
    await one.installations.arrive(arrival)
    await all_done(one)
    asked = microsoft.connector.requests.total()
    ask(carriers.url, "UPDATE installations SET welcome_claimed_at = '2026-01-01 00:00:00.000000+00:00'")
    assert await other.installations.take_up_welcomes() == 0
    assert (microsoft.connector.requests.total(), texts()) == (asked, [])
    await other.installations.seen(arrival.place, arrival.conversation.service_url)
    assert await other.installations.take_up_welcomes() == 1
    await all_done(one)
    assert texts() == [WELCOME]


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_tenant_that_adds_the_bot_to_sixty_places_in_a_second_has_each_welcome_once(
    microsoft: Microsoft, carriers: Carriers, texts: Texts, processes: int
) -> None:
    microsoft.connector.limits = TeamsLimits()
    instances = [await carriers.instance() for _ in range(processes)]
    await asyncio.gather(
        *(instances[number % processes].installations.arrive(carriers.arrival(number)) for number in range(60))
    )
    await all_done(instances[0], 20)
    posted = [one.conversation_id for one in microsoft.connector.activities]
    assert (len(posted), len(set(posted)), set(texts())) == (60, 60, {WELCOME})
    assert ask(carriers.url, "SELECT count(*) FROM installations WHERE welcomed_at IS NULL") == [(0,)]


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_throttled_tenant_that_adds_the_bot_to_sixty_places_meets_no_limit(
    microsoft: Microsoft, carriers: Carriers, texts: Texts, processes: int
) -> None:
    microsoft.connector.limits = TeamsLimits()
    instances = [await carriers.instance() for _ in range(processes)]
    for instance in instances * 2:
        await instance.upkeep.show_up()
    for number, instance in enumerate(instances):
        microsoft.connector.faults.add(respond(429, headers={"Retry-After": "20"}))
        await instance.installations.arrive(carriers.arrival(100 + number))
    await asyncio.gather(
        *(instances[number % processes].installations.arrive(carriers.arrival(number)) for number in range(60))
    )
    await all_done(instances[0], 40)
    assert not microsoft.connector.limits.violations
    posted = [one.conversation_id for one in microsoft.connector.activities]
    assert (len(posted), len(set(posted)), set(texts())) == (60 + processes, 60 + processes, {WELCOME})


async def test_the_answer_to_a_command_comes_at_once_though_alerts_wait_in_its_conversation(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(respond(429, headers={"Retry-After": "60"}))
    await one.delivery.deliver(carriers.card())
    while not one.delivery.figures.retried:  # noqa: ASYNC110 - it is carried by a task of its own
        await asyncio.sleep(0.01)
    assert await one.delivery.post(carriers.card())
    assert texts() == ["card 2"]


async def test_what_is_handed_over_waits_for_no_post_in_another_conversation(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    slow, busy = carriers.card(carriers.conversation(1)), carriers.card(carriers.conversation(2))
    for stored in (slow, busy):
        await one.store.deliveries.enqueue(replace(stored, delay=timedelta(minutes=1)))
    microsoft.connector.faults.add(hang())
    hanging = asyncio.create_task(one.delivery.post_stored(slow))
    await happens(lambda: microsoft.connector.requests.total() == 1)
    for _ in range(IN_CONVERSATION[0][0]):
        assert await one.delivery.post(carriers.card(carriers.conversation(2)))
    async with asyncio.timeout(5):
        assert await one.delivery.post_stored(busy) is None
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    await happens(lambda: busy.activity["text"] in texts())
