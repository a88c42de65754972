"""The hot path's calls to the store, each made as the bot makes it."""

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from benchmarks.explain.rows import DUE, Size
from model import Arrival, ConversationReference, Place, PlaceKind
from store import (
    Claimed,
    NewDelivery,
    NewWebhook,
    Note,
    arrivals,
    deliveries,
    delivery_notes,
    inbox,
    lanes,
    reach,
    rows,
    seen,
)
from store.transaction import Transaction

Call = Callable[[Transaction], object]
ROOM = 16
"""Conversations that a busy process claims at once, of the hundred that it could."""


class Calls:
    """Makes the calls; each time with other rows, all over the tables."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._numbers = itertools.count(1)
        self._claimed: list[Claimed] = []

    def by_name(self) -> Mapping[str, Call]:
        """Return the calls that are made for an install, a message and a card."""
        return {
            "install, new place": self._arrive,
            "install, second event": self._arrive_again,
            "welcome posted": self._welcomed,
            "message: first or repeated": lambda transaction: seen.begin(transaction, f"new {next(self._numbers)}"),
            "message: done": lambda transaction: seen.done(transaction, f"activity-{self._some(self._size.lanes)}"),
            "message: heard from": lambda transaction: reach.heard(transaction, self._place(), "https://new/"),
            "look up a place": lambda transaction: rows.find(transaction, self._place()),
            "store a card": self._enqueue,
            "store a card again": self._enqueue_again,
            "claim what is due": self._claim,
            "card posted": self._delivered,
            "card postponed": self._postponed,
            "welcomes left over": self._pending,
            "webhook received": self._receive,
            "webhook received again": self._receive_again,
            "claim webhooks": lambda transaction: inbox.claim(transaction, ROOM),
        }

    def _some(self, count: int) -> int:
        return next(self._numbers) * 7919 % count + 1

    def _place(self, number: int = 0) -> Place:
        number = number or self._some(self._size.installations)
        return Place(f"tenant-{number % self._size.tenants}", f"place-{number}", PlaceKind.TEAM)

    def _arrival(self, number: int) -> Arrival:
        place = self._place(number)
        to = ConversationReference("https://smba.trafficmanager.net/amer/x/", f"conversation-{number}", place.tenant_id)
        return Arrival(place, "Team", to, "29:user", datetime.now(UTC))

    def _arrive(self, transaction: Transaction) -> object:
        arrival = self._arrival(self._size.installations + next(self._numbers))
        return arrivals.arrive(transaction, arrival, "nonce", datetime.now(UTC))

    def _arrive_again(self, transaction: Transaction) -> object:
        arrival = self._arrival(self._some(self._size.installations))
        return arrivals.arrive(transaction, arrival, "nonce", datetime.now(UTC))

    def _welcomed(self, transaction: Transaction) -> None:
        arrivals.welcomed(transaction, self._some(self._size.installations), "1", datetime.now(UTC))

    def _pending(self, transaction: Transaction) -> object:
        return arrivals.pending(transaction, datetime.now(UTC) - timedelta(hours=1), 100)

    def _enqueue(self, transaction: Transaction) -> object:
        return deliveries.enqueue(transaction, self._card(f"new card {next(self._numbers)}"))

    def _enqueue_again(self, transaction: Transaction) -> object:
        return deliveries.enqueue(transaction, self._card(f"key-{self._some(self._size.deliveries)}"))

    def _card(self, key: str) -> NewDelivery:
        number = self._some(self._size.installations)
        to = ConversationReference("https://smba.trafficmanager.net/amer/x/", f"conversation-{number}", "tenant-1")
        return NewDelivery(key, to, {"type": "message", "text": "card"})

    def _claim(self, transaction: Transaction) -> object:
        claims = lanes.claim(transaction, ROOM)
        self._claimed += claims.deliveries
        return claims

    def _delivered(self, transaction: Transaction) -> object:
        return delivery_notes.delivered(transaction, self._claimed.pop(), "1", self._note())

    def _postponed(self, transaction: Transaction) -> None:
        delivery_notes.postponed(transaction, self._claimed.pop(), "503", self._note())

    def _receive(self, transaction: Transaction) -> object:
        return inbox.receive(
            transaction, NewWebhook(f"new {next(self._numbers)}", 1, sure=True, kind="event_alert", body="{}")
        )

    def _receive_again(self, transaction: Transaction) -> object:
        key = f"webhook-{self._some(self._size.lanes)}"
        return inbox.receive(transaction, NewWebhook(key, 1, sure=True, kind="event_alert", body="{}"))

    def _note(self) -> Note:
        later = round((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
        return Note(later, later, later)


TIMES = min(40, DUE // ROOM)
