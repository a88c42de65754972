"""The facts that every room shares. Imports nothing of ours, does no I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlaceKind(StrEnum):
    """Where the bot was added; the value is what the signed setup link calls `installation_type`."""

    TEAM = "team"
    PERSONAL = "tenant"
    GROUP_CHAT = "groupchat"


@dataclass(frozen=True, slots=True)
class Place:
    """A team, a personal chat or a group chat that the bot can be added to.

    `place_id` is the team's Bot Framework id (19:…@thread.tacv2) for a team, the conversation id otherwise.
    """

    tenant_id: str
    place_id: str
    kind: PlaceKind


@dataclass(frozen=True, slots=True)
class ConversationReference:
    """What it takes to post somewhere in Teams: the connector's address, the conversation, its tenant."""

    service_url: str
    conversation_id: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event that says: the bot was added to `place`, at `at` by the channel's clock (UTC)."""

    place: Place
    name: str
    conversation: ConversationReference
    user_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Connection:
    """A place tied to a Sentry organization. `broken_at`: since when Sentry refuses the stored token."""

    id: int
    organization_id: int
    sentry_url: str
    organization_slug: str
    organization_name: str
    connected_by: str
    connected_at: datetime
    broken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot in one place. `setup_nonce` names the only setup link that still works (None: none does).

    `connections`: the organizations that it listens to, in the order in which they were connected.
    """

    id: int
    place: Place
    name: str
    conversation: ConversationReference
    user_id: str
    installed_at: datetime
    setup_nonce: str | None
    used_nonce: str | None
    welcome_activity_id: str | None
    connections: tuple[Connection, ...]

    @property
    def connection(self) -> Connection | None:
        """The connection that was made first; None if the place is not connected."""
        return self.connections[0] if self.connections else None
