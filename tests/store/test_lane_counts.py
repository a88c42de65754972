"""Whatever happens to deliveries in whatever order, their lanes count right and nothing that waits is forgotten.

A lane in which nothing waits may still be due: whoever claims it sees that.
"""

import random

import pytest

from store import Claimed, State, Store
from tests.databases import let_pass
from tests.store.cards import card, claim, conversation, left
from tests.store.conftest import Query
from tests.store.places import NOW, arrival, later, team

WRONG = """
    SELECT lanes.*, count(deliveries.id)
    FROM lanes LEFT JOIN deliveries ON deliveries.lane_id = lanes.lane_id AND state = 0
    GROUP BY lanes.lane_id HAVING count(deliveries.id) <> lanes.waiting OR (lanes.waiting > 0 AND due_at IS NULL)
"""


async def step(store: Store, dice: random.Random, held: list[Claimed], number: int, url: str) -> None:
    taken = held.pop(dice.randrange(len(held))) if held and dice.random() < 0.6 else None
    match dice.randrange(12) if taken is None else dice.randrange(12, 18):
        case 0 | 1 | 2 | 3:
            owner = dice.choice([None, 1, 2])
            await store.deliveries.enqueue(
                card(f"key {number}", conversation(dice.randrange(3)), installation_id=owner)
            )
        case 4 | 5 | 6 | 7:
            held += await claim(store, dice.randrange(1, 4))
        case 8:
            let_pass(url, dice.choice([1, 50]))
        case 9:
            await store.deliveries.retry(None)
        case 10:
            place = team(dice.randrange(2))
            await store.remove(place, later(number), "29:admin")
            await store.arrive(arrival(place, at=later(number + 0.5)), f"nonce {number}", later(number))
        case 11:
            await store.heard(team(dice.randrange(2)), f"https://smba.trafficmanager.net/{number}/")
        case _:
            assert taken is not None
            await end(store, dice, taken)


async def end(store: Store, dice: random.Random, taken: Claimed) -> None:
    after = left(taken, dice.choice([0, 2]))
    match dice.randrange(6):
        case 0 | 1:
            await store.deliveries.delivered(taken, "activity", after, NOW)
        case 2:
            await store.deliveries.postponed(taken, "503", after)
        case 3:
            await store.deliveries.gave_up(taken, "400", after)
        case 4:
            await store.deliveries.gave_up_conversation(taken, "403", after, NOW)
        case _:
            await store.deliveries.release(taken)


@pytest.mark.parametrize("seed", range(3))
async def test_lanes_count_right_whatever_happens(store: Store, query: Query, url: str, seed: int) -> None:
    dice, held = random.Random(seed), list[Claimed]()  # noqa: S311
    for number in range(2):
        await store.arrive(arrival(team(number)), f"first nonce {number}", NOW)
    for number in range(100):
        await step(store, dice, held, number, url)
        assert query(WRONG) == [], f"after step {number}"
    for _ in range(150):
        let_pass(url, 60)
        claims = await claim(store)
        if not claims:
            break
        for claimed in claims:
            await store.deliveries.delivered(claimed, "activity", left(claimed), NOW)
    assert query(WRONG) == []
    assert query("SELECT * FROM lanes WHERE due_at IS NOT NULL") == []
    assert await store.deliveries.listing(State.WAITING) == []
