"""What comes in: installs over HTTP, to whichever instance takes them, and cards through the store."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.chaos.instances import Instance
from benchmarks.chaos.places import Places, card
from benchmarks.chaos.plan import Plan
from benchmarks.load import OK, Line
from benchmarks.requests import Install
from model import ConversationReference
from store import DeliveryStore, StoreError

AT_ONCE = 16
PAUSE = 0.5
CATCHING_UP = 2
"""How much faster than planned the installs come that an instance which is down has kept waiting."""


@dataclass(slots=True)
class Came:
    """What was taken: installs by how they were answered, cards by when each was stored (monotonic).

    `slowest`: the longest that somebody who stored a card waited for it, outages of the database included.
    """

    answers: Counter[str] = field(default_factory=Counter)
    stored: dict[tuple[str, int], float] = field(default_factory=dict)
    slowest: float = 0.0


async def send_installs(plan: Plan, places: Places, instances: Sequence[Instance]) -> Counter[str]:
    """Send every install, at an even pace, until an instance has answered with success."""
    answers = Counter[str]()
    began, left = time.monotonic(), iter(enumerate(places.installs))
    turns, pace = itertools.cycle(instances), _Pace(plan.installs / plan.seconds * CATCHING_UP)

    async def work() -> None:
        for number, install in left:
            await _until(began + number * plan.seconds / plan.installs)
            await _send(install, turns, answers, pace)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return answers


async def _send(install: Install, turns: Iterator[Instance], answers: Counter[str], pace: "_Pace") -> None:
    while True:
        await pace.turn()
        answer = await _once(next(turns).port, install)
        answers[answer] += 1
        if answer.isdecimal() and int(answer) in OK:
            return
        await asyncio.sleep(PAUSE)


async def _once(port: int, install: Install) -> str:
    try:
        async with Line.open(port) as line:
            return str(await line.send(install.request))
    except (OSError, asyncio.IncompleteReadError):
        return "no answer"


async def store_cards(plan: Plan, places: Places, store: DeliveryStore) -> Came:
    """Store every card, at an even pace and those of a conversation in their order, until each is stored."""
    came, began = Came(), time.monotonic()

    async def work(part: int) -> None:
        for round_, (place, to) in itertools.product(range(plan.each), enumerate(places.conversations)):
            if place % AT_ONCE == part:
                await _until(began + (round_ * plan.conversations + place) * plan.seconds / plan.cards)
                await _store(to, round_, store, came)

    await asyncio.gather(*(work(part) for part in range(AT_ONCE)))
    return came


async def _store(to: ConversationReference, number: int, store: DeliveryStore, came: Came) -> None:
    asked = time.monotonic()
    while True:
        try:
            await store.enqueue(card(to, number))
        except StoreError:
            await asyncio.sleep(PAUSE)
        else:
            break
    came.stored[to.conversation_id, number] = time.monotonic()
    came.slowest = max(came.slowest, time.monotonic() - asked)


async def _until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.monotonic()))


class _Pace:
    """Lets so many a second pass."""

    def __init__(self, a_second: float) -> None:
        self._pause = 1 / a_second
        self._next = 0.0

    async def turn(self) -> None:
        now = time.monotonic()
        self._next = max(now, self._next + self._pause)
        await asyncio.sleep(self._next - now)
