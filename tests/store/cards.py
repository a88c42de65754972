"""Deliveries for the store's tests, and a process that carries them without a connector."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from model import ConversationReference, Installation
from store import WELCOME, Claimed, NewDelivery, Note, Store
from tests.store.places import SERVICE_URL, TENANT

CARD = {"type": "message", "summary": "A card", "attachments": []}


def conversation(number: int = 0, tenant: str = TENANT) -> ConversationReference:
    return ConversationReference(SERVICE_URL, f"19:{number:08}@thread.tacv2", tenant)


def card(key: str, to: ConversationReference | None = None, **how: Any) -> NewDelivery:
    return NewDelivery(key, to or conversation(), CARD, **how)


def welcome(installation: Installation) -> NewDelivery:
    key = f"welcome:{installation.id}:{installation.installed_at.isoformat()}"
    return card(key, installation.conversation, purpose=WELCOME, installation_id=installation.id)


def left(claimed: Claimed, seconds: float = 0.0) -> Note:
    """What an attempt leaves that lets the conversation go on after so many seconds."""
    return Note(claimed.now + round(seconds * 1000), claimed.now, claimed.now)


async def claim(store: Store, room: int = 100) -> list[Claimed]:
    """What can be claimed now, also in the tenant's near future."""
    return (await store.deliveries.claim(room)).deliveries


async def claim_one(store: Store) -> Claimed:
    (claimed,) = await claim(store)
    return claimed


async def enqueue(store: Store, keys: Sequence[str], **how: Any) -> list[int]:
    return [await store.deliveries.enqueue(card(key, **how)) for key in keys]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
