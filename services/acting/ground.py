"""Where somebody acts: the organizations of a place, and who the bot is towards Sentry there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from model import Connection, Place
from sentry_api import Access
from services.acting.identities import Identities
from services.acting.people import Person
from services.acting.tokens import Subject
from store import Identity, SecretUnreadable, Store

Clock = Callable[[], datetime]


class NotConnectedHere(Exception):
    """The issue's organization is not connected to the place (any more)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An issue, by way of the connection of the very place in which somebody acts."""

    place: Place
    connection: Connection
    issue_id: str

    @property
    def subject(self) -> Subject:
        """What the card's token names."""
        return Subject(self.connection.organization_id, self.issue_id)


@dataclass(frozen=True, slots=True)
class Actor:
    """As whom Sentry is asked. `identity` is None for the integration, which is nobody in Sentry."""

    access: Access = field(repr=False)
    identity: Identity | None = None

    @property
    def kind(self) -> str:
        """For the audit trail."""
        return "person" if self.identity else "integration"


class Grounds:
    """Finds the ground somebody stands on, and as whom they may act there."""

    def __init__(self, store: Store, identities: Identities) -> None:
        self._store = store
        self._identities = identities

    async def connections(self, place: Place) -> tuple[Connection, ...]:
        """Return the connections of a place."""
        installation = await self._store.find(place)
        return installation.connections if installation else ()

    async def find(self, place: Place, subject: Subject) -> Ground:
        """Return the ground of an issue in a place; raises NotConnectedHere."""
        for connection in await self.connections(place):
            if connection.organization_id == subject.organization_id:
                return Ground(place, connection, subject.issue_id)
        raise NotConnectedHere

    async def integration(self, connection: Connection) -> Actor:
        """Return the integration; raises NotConnectedHere when its token is gone or unreadable."""
        try:
            token = await self._store.token(connection)
        except SecretUnreadable:
            token = None
        if token is None:
            raise NotConnectedHere
        return Actor(Access(connection.sentry_url, connection.organization_slug, token))

    async def person(self, person: Person, sentry_url: str, slug: str) -> Actor | None:
        """Return somebody as themselves; None if they have to sign in. Raises SentryError."""
        identity = await self._identities.of(person, sentry_url)
        return None if identity is None else Actor(Access(sentry_url, slug, identity.tokens.access), identity)

    async def actor(self, person: Person, connection: Connection, *, needs_person: bool) -> Actor | None:
        """Return as whom somebody may change issues; None: as nobody yet. Raises SentryError, NotConnectedHere."""
        actor = await self.person(person, connection.sentry_url, connection.organization_slug)
        if actor is not None or needs_person:
            return actor
        allowed = await self._store.identities.may_anybody_act(connection.id)
        return await self.integration(connection) if allowed else None
