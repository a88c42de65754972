"""Deliveries wait in lanes, are claimed by one process at a time, and end once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from store import MOST_COUNTED, Counts, State, Store
from tests.databases import ask, let_pass
from tests.store.cards import card, claim, claim_one, conversation, enqueue, hours, left
from tests.store.conftest import Query
from tests.store.places import KEYS, NOW, SERVICE_URL, TEAM

LEASE = 45


@pytest.fixture
async def other(url: str, store: Store) -> AsyncIterator[Store]:
    """The store of another process."""
    opened = await Store.open(url, cipher_keys=KEYS)
    yield opened
    await opened.close()


async def test_a_delivery_is_stored_once_however_often_it_is_asked_for(store: Store, other: Store) -> None:
    asked = (one.deliveries.enqueue(card("alert 1")) for one in (store, other) for _ in range(10))
    ids = await asyncio.gather(*asked)
    assert len(set(ids)) == 1
    assert len(await claim(store)) == 1
    assert [listed.id for listed in await store.deliveries.listing(State.WAITING)] == ids[:1]


async def test_a_delivery_keeps_what_it_was_given(store: Store) -> None:
    to = conversation(7, "another tenant")
    new = card("key", to, activity_id="1767", purpose="alert", installation_id=5, within=hours(1))
    delivery_id = await store.deliveries.enqueue(new)
    claimed = await claim_one(store)
    assert (claimed.id, claimed.key, claimed.to, claimed.activity) == (delivery_id, "key", to, new.activity)
    assert (claimed.method, claimed.activity_id, claimed.purpose) == (new.method, "1767", "alert")
    assert (claimed.installation_id, claimed.attempts, claimed.taken_over, claimed.stopped) == (5, 0, False, None)
    assert abs(claimed.deadline - claimed.now - 3_600_000) < 2_000
    assert abs(datetime.fromtimestamp(claimed.now / 1000, UTC) - datetime.now(UTC)) < timedelta(seconds=2)


async def test_one_conversation_is_claimed_by_one_process_and_in_order(store: Store, other: Store) -> None:
    ids = await enqueue(store, ["first", "second", "third"])
    done = []
    for _ in ids:
        claims = await asyncio.gather(claim(store), claim(other))
        ((claimed,),) = [found for found in claims if found]
        done.append(claimed.id)
        await store.deliveries.delivered(claimed, "activity", left(claimed), NOW)
    assert done == ids
    assert await claim(store) == []


async def test_two_processes_share_what_is_due(store: Store, other: Store) -> None:
    for number in range(40):
        await store.deliveries.enqueue(card(f"key {number}", conversation(number, f"tenant {number}")))
    shares = await asyncio.gather(*(claim(one, 10) for one in (store, other) * 2))
    assert [len(share) for share in shares] == [10] * 4
    assert len({claimed.id for share in shares for claimed in share}) == 40


async def test_a_thread_waits_in_the_lane_of_its_channel(store: Store) -> None:
    channel = conversation(1)
    thread = channel.__class__(channel.service_url, f"{channel.conversation_id};messageid=176", channel.tenant_id)
    await store.deliveries.enqueue(card("channel", channel))
    await store.deliveries.enqueue(card("thread", thread))
    assert [claimed.key for claimed in await claim(store)] == ["channel"]


async def test_a_claim_that_nobody_ends_is_anybodys_after_the_lease(store: Store, other: Store, url: str) -> None:
    await enqueue(store, ["key"])
    dead = await claim_one(store)
    let_pass(url, LEASE - 2)
    assert await claim(other) == []
    let_pass(url, 3)
    claimed = await claim_one(other)
    assert (claimed.id, claimed.taken_over) == (dead.id, True)


async def test_what_is_handed_back_can_be_claimed_at_once_and_was_not_lost(store: Store, other: Store) -> None:
    await enqueue(store, ["key"])
    await store.deliveries.release(await claim_one(store))
    claimed = await claim_one(other)
    assert (claimed.attempts, claimed.taken_over) == (0, False)


async def test_a_lost_claim_changes_nothing_for_its_new_holder(store: Store, other: Store, url: str) -> None:
    first, second = await enqueue(store, ["first", "second"])
    slow = await claim_one(store)
    let_pass(url, LEASE + 1)
    await claim_one(other)
    await store.deliveries.release(slow)
    await store.deliveries.postponed(slow, "too late", left(slow))
    await store.deliveries.missed(slow)
    assert await claim(store) == []
    # It was posted all the same: the row of the delivery is the truth, and nobody posts it again.
    await store.deliveries.delivered(slow, "activity", left(slow), NOW)
    let_pass(url, LEASE + 1)
    assert (await claim_one(store)).id == second
    assert [listed.id for listed in await store.deliveries.listing(State.DELIVERED)] == [first]


async def test_both_holders_of_a_delivery_count_it_once(store: Store, other: Store, url: str, query: Query) -> None:
    await enqueue(store, ["first", "second", "third"])
    slow = await claim_one(store)
    let_pass(url, LEASE + 1)
    quick = await claim_one(other)
    await other.deliveries.delivered(quick, "activity 1", left(quick), NOW)
    await store.deliveries.delivered(slow, "activity 2", left(slow), NOW)
    assert query("SELECT waiting FROM lanes") == [(2,)]
    assert (await claim_one(store)).key == "second"


async def test_a_try_in_vain_holds_up_its_conversation_alone_and_keeps_the_order(store: Store, url: str) -> None:
    ids = await enqueue(store, ["first", "second"])
    claimed = await claim_one(store)
    await store.deliveries.postponed(claimed, "429", left(claimed, 20))
    elsewhere = await store.deliveries.enqueue(card("elsewhere", conversation(1)))
    assert [found.id for found in await claim(store)] == [elsewhere]
    let_pass(url, 21)
    again = await claim_one(store)
    assert (again.id, again.attempts, again.taken_over) == (ids[0], 1, False)


async def test_the_pause_ends_when_the_next_is_due(store: Store) -> None:
    assert (await store.deliveries.claim(10)).pause == 1
    await enqueue(store, ["key"])
    claimed = await claim_one(store)
    await store.deliveries.postponed(claimed, "429", left(claimed, 0.5))
    assert 0.02 <= (await store.deliveries.claim(10)).pause <= 0.5


async def test_a_delay_is_kept_and_holds_up_what_waits_there_already(store: Store, url: str) -> None:
    await enqueue(store, ["waiting"])
    await store.deliveries.enqueue(card("throttled").after(10))
    assert await claim(store) == []
    let_pass(url, 11)
    assert (await claim_one(store)).key == "waiting"


async def test_a_conversation_that_is_gone_ends_all_that_waits_in_it(store: Store, query: Query) -> None:
    ids = await enqueue(store, ["first", "second", "third"])
    elsewhere = await store.deliveries.enqueue(card("elsewhere", conversation(1)))
    claimed = next(found for found in await claim(store) if found.id == ids[0])
    await store.deliveries.gave_up_conversation(claimed, "403 \0 BotNotInConversationRoster", left(claimed), NOW)
    failed = await store.deliveries.listing(State.FAILED)
    assert [(listed.id, listed.outcome) for listed in failed] == [
        (id_, "403  BotNotInConversationRoster") for id_ in ids
    ]
    assert query("SELECT waiting, due_at IS NULL FROM lanes ORDER BY waiting")[0][0] == 0
    assert [listed.id for listed in await store.deliveries.listing(State.WAITING)] == [elsewhere]
    again = await store.deliveries.enqueue(card("fourth"))
    assert (await claim_one(store)).id == again


async def test_what_gave_up_waits_again_with_all_its_time_before_it(store: Store, url: str) -> None:
    ids = await enqueue(store, ["first", "second", "third"], within=hours(2))
    for _ in ids:
        claimed = await claim_one(store)
        await store.deliveries.gave_up(claimed, "400", left(claimed))
    let_pass(url, 3 * 3600)
    assert await store.deliveries.retry([ids[1], 999]) == 1
    assert await store.deliveries.retry([ids[1]]) == 0
    claimed = await claim_one(store)
    assert (claimed.id, claimed.attempts) == (ids[1], 0)
    assert abs(claimed.deadline - claimed.now - 2 * 3_600_000) < 2_000
    assert await store.deliveries.retry(None) == 2
    assert await store.deliveries.retry(None) == 0


async def test_the_listing_says_what_waits_and_why(store: Store) -> None:
    first, _ = await enqueue(store, ["first", "second"], purpose="alert")
    claimed = await claim_one(store)
    await store.deliveries.postponed(claimed, "429 TooManyRequests", left(claimed, 30))
    listed = (await store.deliveries.listing(State.WAITING, 1))[0]
    assert (listed.id, listed.key, listed.purpose, listed.attempts) == (first, "first", "alert", 1)
    assert (listed.outcome, listed.conversation_id) == ("429 TooManyRequests", conversation().conversation_id)
    assert listed.next_try_at is not None
    assert 25 < (listed.next_try_at - datetime.now(UTC)).total_seconds() < 31
    assert [behind.key for behind in await store.deliveries.listing(State.WAITING, 10, first)] == ["second"]


async def test_counts(store: Store, url: str) -> None:
    assert await store.deliveries.counts() == Counts(0, 0, timedelta(0))
    await enqueue(store, ["first", "second", "third"])
    claimed = await claim_one(store)
    await store.deliveries.gave_up(claimed, "400", left(claimed))
    let_pass(url, 60)
    counts = await store.deliveries.counts()
    assert (counts.waiting, counts.failed) == (2, 1)
    assert timedelta(seconds=60) <= counts.oldest < timedelta(seconds=70)


async def test_of_very_many_it_is_told_only_that_they_are_more(store: Store, url: str) -> None:
    await enqueue(store, ["first"])
    names = "lane_id, purpose, method, service_url, tenant_id, conversation_id, activity, deadline, created_at"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100100)"
    copied = f"INSERT INTO deliveries (key, {names}) {numbers} SELECT 'copy ' || i, {names} FROM deliveries, n"  # noqa: S608
    ask(url, copied)
    assert (await store.deliveries.counts()).waiting == MOST_COUNTED + 1


async def test_processes_that_show_up_are_counted_until_they_are_silent(store: Store, url: str) -> None:
    assert [await store.deliveries.show_up(process) for process in (1, 2, 1)] == [1, 2, 2]
    let_pass(url, 61)
    assert await store.deliveries.show_up(1) == 1


async def test_what_is_over_is_deleted_and_what_waits_is_not(store: Store, url: str, query: Query) -> None:
    await store.begin_turn(TEAM, SERVICE_URL, "an activity")
    await enqueue(store, ["delivered", "failed", "waiting"], within=hours(99))
    for end in ("delivered", "failed"):
        claimed = await claim_one(store)
        state = State.DELIVERED if end == "delivered" else State.FAILED
        await store.deliveries.gave_up(claimed, end, left(claimed), state)
    await store.deliveries.enqueue(card("elsewhere", conversation(1, "another tenant")))
    claimed = next(found for found in await claim(store) if found.key == "elsewhere")
    await store.deliveries.delivered(claimed, "activity", left(claimed), NOW)
    assert await store.deliveries.prune(hours(24)) is False
    assert len(query("SELECT id FROM deliveries")) == 4
    let_pass(url, 25 * 3600)
    await store.deliveries.prune(hours(24))
    assert query("SELECT key FROM deliveries") == [("waiting",)]
    assert query("SELECT waiting FROM lanes") == [(1,)]
    assert query("SELECT key FROM seen_activities") == []
    assert query("SELECT tenant_id FROM calendars") == []
    assert (await claim_one(store)).key == "waiting"


async def test_a_thousand_are_deleted_at_a_time(store: Store, url: str) -> None:
    await asyncio.gather(*(store.begin_turn(TEAM, SERVICE_URL, f"activity {n}") for n in range(1001)))
    let_pass(url, 25 * 3600)
    assert [await store.deliveries.prune(hours(24)) for _ in range(2)] == [True, False]
