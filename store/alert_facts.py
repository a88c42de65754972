"""What the store hands out and takes in about alerts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from model import ConversationReference, Place
from store.delivery_facts import NewDelivery

ISSUE_CARD = "issue_card"
"""The purpose of a delivery that posts a card which is kept true: once it is posted, the card's row knows where."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The secret that signs an organization's webhooks. integration_uuid: None until a webhook has named it."""

    organization_id: int
    sentry_url: str
    slug: str
    integration_uuid: str | None
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """A Sentry organization as a tenant knows it; `broken_at`: since when Sentry refuses the token."""

    id: int
    tenant_id: str
    sentry_url: str
    slug: str
    name: str
    token: str = field(repr=False)
    integration_uuid: str | None
    updated_at: datetime
    broken_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A verified webhook. key: the same for one that is sent again. learned: the installation that it names, if new."""

    key: str
    organization_id: int
    sure: bool
    kind: str
    body: str = field(repr=False)
    learned: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimedWebhook:
    """A webhook that is this process's to work on until its lease ends; it came `waited` seconds before that began."""

    id: int
    organization_id: int
    sure: bool
    kind: str
    body: str = field(repr=False)
    attempts: int
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a conversation wants of an organization; `wanted` is JSON that the services understand."""

    id: int
    connection_id: int
    conversation_id: str
    wanted: str


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription to be; `by` is the Teams id of whoever asked for it."""

    connection_id: int
    conversation_id: str
    wanted: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation of a place; `name` is "" when it is not known."""

    id: int
    conversation_id: str
    name: str
    muted_until: datetime | None


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A rule in Sentry that names a conversation. rule: its id, or its title where Sentry tells none."""

    organization_id: int
    rule: str
    channel_id: int
    title: str
    url: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Listener:
    """A place that is connected to an organization, its known conversations, and what is subscribed to in each."""

    connection_id: int
    installation_id: int
    place: Place
    name: str
    connected_by: str
    conversation: ConversationReference
    channels: tuple[Channel, ...]
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card that stands (or will stand: no `activity_id` yet) in Teams."""

    id: int
    connection_id: int
    organization_id: int
    installation_id: int
    place: Place
    to: ConversationReference
    issue_id: str
    activity_id: str | None
    opened_at: datetime
    last_count_at: datetime
    events: int
    facts: str
    notice: str | None
    revision: int
    painted: str


@dataclass(frozen=True, slots=True)
class Placement:
    """An alert for one conversation: a new card, or one time more on the card that stands there already.

    post: the card's delivery. again: gives the facts of the card that stands there, changed by this event; its number
    is 1 when the event is counted on the card, 0 when it was before. event: what tells the event from others, "" when
    that is not known. mark: what tells the card's looks from others. anew: post a card even if one stands there.
    """

    connection_id: int
    installation_id: int
    issue_id: str
    event: str
    facts: str
    post: NewDelivery = field(repr=False)
    again: Callable[[str, int], str]
    mark: str
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """How many cards were opened, and on how many that stood there something was counted."""

    opened: int
    counted: int


@dataclass(frozen=True, slots=True)
class AlertWork:
    """What a webhook means for its conversations. storm: how long a card is counted on, instead of posting anew."""

    webhook_id: int
    organization_id: int
    placements: Sequence[Placement]
    now: datetime
    storm: timedelta
