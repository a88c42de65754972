"""What the services may ask of the deliveries. Each method is one transaction in a worker thread of the store."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text

from store import deliveries, delivery_notes, lanes, presence, upkeep
from store.delivery_facts import WELCOME, Claimed, Counts, Listed, NewDelivery, Note, State
from store.lanes import Claims
from store.worker import ALONE, Worker

ANSWER = text("SELECT 1")


class DeliveryStore:
    """Deliveries and the lanes in which they go out. Any method may raise StoreUnavailable."""

    def __init__(self, writer: Worker, reader: Worker) -> None:
        self._writer = writer
        self._reader = reader

    async def enqueue(self, new: NewDelivery) -> int:
        """Store a delivery and return its id; that of the earlier one if its key is known."""
        if new.purpose == WELCOME:
            return await self._writer.run(lambda transaction: deliveries.enqueue_welcome(transaction, new), ALONE)
        return await self._writer.run(
            lambda transaction: deliveries.enqueue(transaction, new), _order(deliveries.lane_of(new.to))
        )

    async def drop(self, key: str, why: str) -> bool:
        """End the delivery of that key if it still waits; tells whether it did."""
        return await self._writer.run(lambda transaction: deliveries.drop_key(transaction, key, why), ALONE)

    async def take_up(self, new: NewDelivery, older_than: datetime, now: datetime) -> int | None:
        """Store a welcome that was due before `older_than` and that no process is at; None if there is no such."""
        return await self._writer.run(lambda transaction: deliveries.take_up(transaction, new, older_than, now), ALONE)

    async def claim(self, room: int) -> Claims:
        """Claim what is due, in up to `room` conversations, for as long as a lease lasts."""
        return await self._writer.run(lambda transaction: lanes.claim(transaction, room), ALONE)

    async def missed(self, claimed: Claimed) -> None:
        """Give a claimed delivery's time in the tenant's calendar up; it is due for a new one."""
        await self._writer.run(lambda transaction: lanes.missed(transaction, claimed), _order(claimed.lane_id))

    async def release(self, claimed: Claimed) -> None:
        """Hand a claimed delivery back, for anybody to claim at once."""
        await self._writer.run(lambda transaction: lanes.release(transaction, claimed), _order(claimed.lane_id))

    async def delivered(self, claimed: Claimed, activity_id: str, left: Note, now: datetime) -> bool:
        """Note that a delivery stands in Teams, as that activity; returns whether something waits behind it."""
        if claimed.purpose == WELCOME:
            return await self._writer.run(
                lambda transaction: delivery_notes.welcomed(transaction, claimed, activity_id, left, now), ALONE
            )
        return await self._writer.run(
            lambda transaction: delivery_notes.delivered(transaction, claimed, activity_id, left),
            _order(claimed.lane_id),
        )

    async def postponed(self, claimed: Claimed, why: str, left: Note) -> bool:
        """Note a try in vain and when the next one is; returns True, for it still waits."""
        await self._writer.run(
            lambda transaction: delivery_notes.postponed(transaction, claimed, why, left), _order(claimed.lane_id)
        )
        return True

    async def gave_up(self, claimed: Claimed, why: str, left: Note, state: State = State.FAILED) -> bool:
        """Note that a delivery ended without being sent; returns whether something waits behind it."""
        return await self._writer.run(
            lambda transaction: delivery_notes.finished(transaction, claimed, state, why, left),
            _order(claimed.lane_id),
        )

    async def gave_up_conversation(self, claimed: Claimed, why: str, left: Note, now: datetime) -> bool:
        """Note that its conversation cannot be reached: all that waits there ends, the installation is unreachable.

        Returns False: nothing waits behind it.
        """
        await self._writer.run(
            lambda transaction: delivery_notes.gave_up_conversation(transaction, claimed, why, left, now), ALONE
        )
        return False

    async def listing(self, state: State, limit: int = 100, after_id: int = 0) -> list[Listed]:
        """Return deliveries in `state` by their id, those behind `after_id`."""
        return await self._reader.run(lambda transaction: deliveries.listing(transaction, state, limit, after_id))

    async def retry(self, ids: Sequence[int] | None) -> int:
        """Let deliveries that gave up wait again (None: 500 of them, call again for more); returns how many."""
        return await self._writer.run(lambda transaction: deliveries.retry(transaction, ids), ALONE)

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._reader.run(lambda transaction: transaction.execute(ANSWER, {}).close())

    async def counts(self) -> Counts:
        """Return how many wait and how many gave up."""
        return await self._reader.run(deliveries.counts)

    async def show_up(self, process: int) -> int:
        """Note that a process lives; return how many do, this one included."""
        return await self._writer.run(lambda transaction: presence.show_up(transaction, process), ALONE)

    async def prune(self, kept: timedelta) -> bool:
        """Delete what ended longer ago than `kept`, and what else is over; returns whether there is more."""
        deleted = await self._writer.run(lambda transaction: upkeep.prune(transaction, kept), ALONE)
        return deleted >= upkeep.AT_ONCE


def _order(lane_id: int) -> str:
    # Behind the installations, and in the order in which lanes are locked.
    return f"~~{lane_id + 2**63:020}"
