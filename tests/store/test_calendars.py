"""Posts in one tenant are spread over time, whichever processes make them, and hold up no other tenant."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise

from store import Claimed, Store
from store.lanes import GOOD_FOR, NEAR, STEP
from tests.databases import let_pass
from tests.store.cards import card, claim, claim_one, conversation, enqueue, left
from tests.store.places import KEYS, NOW

LEASE = 45


def slots(claims: list[Claimed]) -> list[int]:
    """When each is to be posted, by the database's clock."""
    return sorted(claimed.now + claimed.wait for claimed in claims)


async def storm(store: Store, size: int, tenant: str = "busy") -> None:
    await asyncio.gather(
        *(store.deliveries.enqueue(card(f"{tenant} {n}", conversation(n, tenant))) for n in range(size))
    )


async def test_no_two_posts_of_one_tenant_are_close_together(store: Store, url: str) -> None:
    await storm(store, 30)
    async with AsyncExitStack() as stack:
        stores = [await Store.open(url, cipher_keys=KEYS) for _ in range(3)]
        for one in stores:
            stack.push_async_callback(one.close)
        shares = await asyncio.gather(*(claim(one, 3) for one in stores))
        near = slots([claimed for share in shares for claimed in share])
    assert len(near) == 9
    assert min(later - earlier for earlier, later in pairwise(near)) >= STEP


async def test_what_is_not_near_is_left_to_the_database_until_its_time(store: Store, url: str) -> None:
    await storm(store, 30)
    near = await claim(store)
    assert len(near) in {NEAR // STEP, NEAR // STEP + 1}
    assert max(claimed.wait for claimed in near) <= NEAR
    assert await claim(store) == []
    let_pass(url, 0.6)
    now_near = await claim(store)
    assert 1 <= len(now_near) <= 4  # those whose time was missed by more than GOOD_FOR ask for a new one
    assert {claimed.wait for claimed in now_near} == {0}


async def test_a_storm_in_one_tenant_holds_up_no_other(store: Store) -> None:
    await storm(store, 60)
    await claim(store)
    await enqueue(store, ["elsewhere"], to=conversation(1, "quiet"))
    claimed = await claim_one(store)
    assert (claimed.key, claimed.wait < STEP) == ("elsewhere", True)


async def test_a_time_is_good_for_a_moment_and_once(store: Store, url: str) -> None:
    await enqueue(store, ["first", "second"])
    first = await claim_one(store)
    await store.deliveries.delivered(first, "activity", left(first), NOW)
    second = await claim_one(store)
    assert second.wait > 0  # the first one's time was used by the first
    await store.deliveries.missed(second)
    again = await claim_one(store)
    assert (again.id, again.attempts) == (second.id, 0)
    assert again.now + again.wait >= second.now + second.wait + STEP
    await store.deliveries.release(again)
    let_pass(url, 1 + GOOD_FOR / 1000)
    assert (await claim_one(store)).wait < STEP


async def test_a_calendar_that_was_not_used_for_long_gives_no_more_at_once(store: Store, url: str) -> None:
    await enqueue(store, ["before"])
    claimed = await claim_one(store)
    await store.deliveries.delivered(claimed, "activity", left(claimed), NOW)
    let_pass(url, 3600)
    await storm(store, 5, claimed.to.tenant_id)
    near = slots(await claim(store))
    assert min(later - earlier for earlier, later in pairwise(near)) >= STEP
