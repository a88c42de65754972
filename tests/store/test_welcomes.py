"""A welcome that could not be posted in the turn is a delivery, and its installation knows it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from model import Installation
from store import WELCOME, State, Store
from tests.databases import let_pass
from tests.store.cards import card, claim, claim_one, conversation, left, welcome
from tests.store.conftest import Query
from tests.store.places import ACME, KEYS, NOW, SERVICE_URL, TEAM, arrival, later, team


@pytest.fixture
async def installation(store: Store) -> Installation:
    arrived = await store.arrive(arrival(), "nonce", NOW)
    assert arrived is not None
    return arrived


@pytest.fixture
async def other(url: str, store: Store) -> AsyncIterator[Store]:
    opened = await Store.open(url, cipher_keys=KEYS)
    yield opened
    await opened.close()


async def states(store: Store) -> list[tuple[str, State, str | None]]:
    return [(one.key, one.state, one.outcome) for state in State for one in await store.deliveries.listing(state)]


async def found(store: Store) -> Installation:
    installation = await store.find(TEAM)
    assert installation is not None
    return installation


async def test_a_delivered_welcome_is_noted_at_its_installation(store: Store, installation: Installation) -> None:
    await store.deliveries.enqueue(welcome(installation))
    assert await store.pending_welcomes(later(99), 10) == []
    assert await store.arrive(arrival(), "again", later(99)) is None
    claimed = await claim_one(store)
    await store.deliveries.delivered(claimed, "activity 1", left(claimed), NOW)
    assert (await found(store)).welcome_activity_id == "activity 1"
    assert await store.pending_welcomes(later(99), 10) == []


async def test_a_welcome_that_is_due_is_taken_up_by_one(store: Store, other: Store, installation: Installation) -> None:
    new = welcome(installation)
    assert await store.deliveries.take_up(new, NOW, later(30)) is None
    asked = (one.deliveries.take_up(new, later(1), later(31)) for one in (store, other) * 4)
    assert len([id_ for id_ in await asyncio.gather(*asked) if id_ is not None]) == 1
    assert len(await claim(store)) == 1


@pytest.mark.parametrize("meanwhile", ["welcomed", "removed", "connected", "unreachable"])
async def test_a_welcome_that_is_due_no_more_is_not_taken_up(
    store: Store, installation: Installation, meanwhile: str
) -> None:
    if meanwhile == "welcomed":
        await store.welcomed(installation.id, "activity", later(1))
    elif meanwhile == "removed":
        await store.remove(TEAM, later(1), "29:admin")
    elif meanwhile == "connected":
        await store.connect(installation.id, "nonce", ACME, "29:the-user", later(1))
    else:
        await store.unreachable(TEAM, "403", later(1))
    assert await store.deliveries.take_up(welcome(installation), later(50), later(80)) is None
    assert await claim(store) == []


async def test_a_removal_ends_what_waits_and_a_new_arrival_begins_anew(
    store: Store, installation: Installation, query: Query
) -> None:
    await store.deliveries.enqueue(welcome(installation))
    for number in range(3):
        await store.deliveries.enqueue(card(f"alert {number}", conversation(number), installation_id=installation.id))
    await store.deliveries.enqueue(card("not of this installation", conversation(1)))
    await store.remove(TEAM, later(1), "29:admin")
    assert [claimed.key for claimed in await claim(store)] == ["not of this installation"]
    assert len(await store.deliveries.listing(State.DROPPED)) == 4
    assert query("SELECT sum(waiting) FROM lanes") == [(1,)]
    again = await store.arrive(arrival(at=later(2)), "second", later(2))
    assert again is not None
    await store.deliveries.enqueue(welcome(again))
    assert welcome(again).key in {claimed.key for claimed in await claim(store)}


async def test_a_welcome_that_is_on_its_way_when_the_bot_is_removed_welcomes_nobody(
    store: Store, installation: Installation, query: Query
) -> None:
    await store.deliveries.enqueue(welcome(installation))
    claimed = await claim_one(store)
    await store.remove(TEAM, later(1), "29:admin")
    await store.arrive(arrival(at=later(2)), "second", later(2))
    await store.deliveries.delivered(claimed, "activity", left(claimed), NOW)
    assert (await found(store)).welcome_activity_id is None
    assert query("SELECT waiting, due_at FROM lanes") == [(0, None)]


@pytest.mark.parametrize("ended_by", ["a finished setup", "a newer link"])
async def test_a_welcome_whose_link_died_is_not_sent(store: Store, installation: Installation, ended_by: str) -> None:
    await store.deliveries.enqueue(welcome(installation))
    await store.deliveries.enqueue(card("alert", installation.conversation, installation_id=installation.id))
    if ended_by == "a newer link":
        await store.new_setup_link(TEAM, "newer")
    else:
        await store.connect(installation.id, "nonce", ACME, "29:the-user", later(1))
    assert [claimed.key for claimed in await claim(store)] == ["alert"]


async def test_nobody_sends_to_an_unreachable_place_until_it_is_heard_from(
    store: Store, installation: Installation, query: Query
) -> None:
    await store.unreachable(TEAM, "403 BotNotInConversationRoster", NOW)
    await store.deliveries.enqueue(card("alert", installation_id=installation.id))
    assert (await claim_one(store)).stopped is State.FAILED
    await store.heard(TEAM, SERVICE_URL)
    await store.deliveries.enqueue(card("next", conversation(1), installation_id=installation.id))
    assert (await claim_one(store)).stopped is None
    assert query("SELECT unreachable_at, unreachable_reason FROM installations") == [(None, None)]
    assert [(entry.action, entry.detail) for entry in await store.audit_entries(TEAM)][1:] == [
        ("unreachable", {"reason": "403 BotNotInConversationRoster"})
    ]


async def test_what_waits_for_a_removed_installation_is_stopped(store: Store, installation: Installation) -> None:
    await store.remove(TEAM, later(1), "29:admin")
    await store.deliveries.enqueue(card("late", installation_id=installation.id))
    assert (await claim_one(store)).stopped is State.DROPPED


@pytest.mark.parametrize("heard_by", ["a message", "an event of its installation", "a newer one"])
async def test_a_welcome_that_could_not_be_delivered_is_due_again_once_the_place_is_heard_from(
    store: Store, installation: Installation, heard_by: str
) -> None:
    delivery_id = await store.deliveries.enqueue(welcome(installation))
    claimed = await claim_one(store)
    await store.deliveries.gave_up_conversation(claimed, "403", left(claimed), NOW)
    assert await store.pending_welcomes(later(99), 10) == []
    if heard_by == "a message":
        assert await store.begin_turn(TEAM, SERVICE_URL, "activity")
    else:
        assert await store.arrive(arrival(at=later(heard_by == "a newer one")), "again", later(2)) is None
    (due,) = await store.pending_welcomes(later(99), 10)
    revived = await store.deliveries.take_up(welcome(due), later(99), later(100))
    assert (revived == delivery_id) is (heard_by != "a newer one")
    assert len(await claim(store)) == 1


async def test_a_place_where_nothing_can_be_posted_is_due_no_more(store: Store, installation: Installation) -> None:
    await store.unreachable(installation.place, "403", NOW)
    assert await store.pending_welcomes(later(99), 10) == []


async def test_a_setup_card_that_came_later_is_the_one_that_a_finished_setup_updates(
    store: Store, installation: Installation
) -> None:
    await store.welcomed(installation.id, "activity 1", NOW)
    answer = card("answer", purpose=WELCOME, installation_id=installation.id)
    await store.deliveries.enqueue(answer)
    claimed = await claim_one(store)
    await store.deliveries.delivered(claimed, "activity 2", left(claimed), NOW)
    assert (await found(store)).welcome_activity_id == "activity 2"


async def test_places_are_removed_while_their_cards_go_out(store: Store, other: Store, url: str, query: Query) -> None:
    """Rows are locked in one order: nobody waits for a deadlock to be found."""
    places = [team(number) for number in range(12)]
    for number, place in enumerate(places):
        arrived = await store.arrive(arrival(place), f"nonce {number}", NOW)
        assert arrived is not None
        await store.deliveries.enqueue(welcome(arrived))
        for lane in range(4):
            key = f"{number} {lane}"
            await store.deliveries.enqueue(card(key, conversation(lane), installation_id=arrived.id))

    async def carry(one: Store) -> None:
        for _ in range(12):
            for claimed in await claim(one):
                await one.deliveries.delivered(claimed, "activity", left(claimed), NOW)

    async def remove(number: int) -> None:
        await (store, other)[number % 2].remove(places[number], later(1), "29:admin")

    await asyncio.gather(carry(store), carry(other), *(remove(number) for number in range(12)))
    let_pass(url, 60)
    await carry(store)
    assert query("SELECT count(*) FROM deliveries WHERE state = 0") == [(0,)]
    assert query("SELECT sum(waiting), count(due_at) FROM lanes") == [(0, 0)]
    assert len({state for _, state, _ in await states(store)}) <= 2
