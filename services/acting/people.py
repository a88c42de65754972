"""Who does something, where, and on which card."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model import ConversationReference, Place, PlaceKind
from store import PersonKey


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Teams: `user_id` as the bot knows them (29:…), `object_id` as Entra does."""

    tenant_id: str
    user_id: str
    object_id: str
    name: str

    def key(self, sentry_url: str) -> PersonKey:
        """Return what identifies them in one Sentry. The Emulator tells no object id."""
        return PersonKey(self.tenant_id, self.object_id or self.user_id, sentry_url)


@dataclass(frozen=True, slots=True)
class Click:
    """A pressed button. `data`: what it sent, with what was filled in. `card_id`: the card's activity, "" unknown."""

    place: Place
    conversation: ConversationReference
    person: Person
    data: Mapping[str, str]
    card_id: str = ""

    def stored(self) -> dict[str, object]:
        """Return it as plain JSON."""
        return {
            "place": [self.place.tenant_id, self.place.place_id, self.place.kind.value],
            "conversation": [self.conversation.service_url, self.conversation.conversation_id],
            "person": [self.person.user_id, self.person.object_id, self.person.name],
            "data": dict(self.data),
            "card_id": self.card_id,
        }


def click_from(stored: Mapping[str, Any]) -> Click:
    """Return the click that was stored."""
    tenant, place_id, kind = stored["place"]
    service_url, conversation_id = stored["conversation"]
    user_id, object_id, name = stored["person"]
    return Click(
        place=Place(tenant, place_id, PlaceKind(kind)),
        conversation=ConversationReference(service_url, conversation_id, tenant),
        person=Person(tenant, user_id, object_id, name),
        data=dict(stored["data"]),
        card_id=str(stored["card_id"]),
    )
