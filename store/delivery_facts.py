"""What a delivery is, before it is stored, while it is carried, and when somebody looks at it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from model import ConversationReference

WELCOME = "welcome"
"""The purpose of a card with a setup button: once it is posted, its installation remembers which activity it is."""


MOST_COUNTED = 100_000
"""Of more deliveries it is only told that they are more."""


class Method(StrEnum):
    """What is done with the activity."""

    SEND = "send"
    REPLY = "reply"
    UPDATE = "update"


class State(IntEnum):
    """How far a delivery is. DROPPED: nobody wants it any more (the bot was removed, a newer card came)."""

    WAITING = 0
    DELIVERED = 1
    FAILED = 2
    DROPPED = 3


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One activity to post in a conversation, once: a second one with the same `key` is the first one.

    within: the time after which it is worth nothing any more. delay: the time before which it is not tried.
    activity_id: the activity that is answered (REPLY) or replaced (UPDATE). purpose: a word for log and listing;
    WELCOME means something. installation_id: where the bot must still be, and be reachable, when it is sent.
    """

    key: str
    to: ConversationReference
    activity: Mapping[str, Any] = field(repr=False)
    within: timedelta = timedelta(hours=24)
    delay: timedelta = timedelta(0)
    method: Method = Method.SEND
    activity_id: str | None = None
    purpose: str = "card"
    installation_id: int | None = None

    def after(self, seconds: float) -> "NewDelivery":
        """Return the same, not to be tried within these seconds."""
        return replace(self, delay=timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this process's to carry until the lease ends, and what is known of its conversation.

    now: the database's time in milliseconds, read a moment after `read` (time.monotonic()). wait: milliseconds from
    then until its turn in the tenant's calendar. taken_over: somebody else held the conversation and let the lease end.
    stopped: why it must not be sent; None in the normal case. outcome: what went wrong last.
    """

    id: int
    lane_id: int
    claim: int
    key: str
    to: ConversationReference
    activity: Mapping[str, Any] = field(repr=False)
    method: Method
    activity_id: str | None
    purpose: str
    installation_id: int | None
    attempts: int
    outcome: str | None
    deadline: int
    short_tat: int
    long_tat: int
    now: int
    read: float
    wait: int
    taken_over: bool
    stopped: State | None

    def time(self) -> int:
        """Return the database's time now, or a moment later, never earlier."""
        return self.now + round((time.monotonic() - self.read) * 1000)


@dataclass(frozen=True, slots=True)
class Note:
    """What an attempt leaves in its conversation: when to go on there, and its token buckets."""

    at: int
    short_tat: int
    long_tat: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery as people see it. `outcome`: an activity id, or what went wrong last."""

    id: int
    key: str
    purpose: str
    tenant_id: str
    conversation_id: str
    installation_id: int | None
    state: State
    attempts: int
    outcome: str | None
    created_at: datetime
    deadline: datetime
    next_try_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries wait and how many gave up, each MOST_COUNTED + 1 when there are more.

    oldest: since when the oldest one waits.
    """

    waiting: int
    failed: int
    oldest: timedelta
