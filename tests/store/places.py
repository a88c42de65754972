"""Places, arrivals and organizations for the store's tests."""

from datetime import UTC, datetime, timedelta

from model import Arrival, ConversationReference, Place, PlaceKind
from store import OrganizationAccess

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TENANT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
SERVICE_URL = "https://smba.trafficmanager.net/amer/"
KEYS = ["the first key that the store's tests use"]
TEAM = Place(TENANT, "19:team@thread.tacv2", PlaceKind.TEAM)
ACME = OrganizationAccess("https://sentry.io", "acme", "Acme Inc.", "sntrys_the_token_of_acme")
GLOBEX = OrganizationAccess("https://sentry.io", "globex", "Globex", "sntrys_the_token_of_globex")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def team(number: int) -> Place:
    return Place(TENANT, f"19:{number:08}@thread.tacv2", PlaceKind.TEAM)


def arrival(place: Place = TEAM, at: datetime = NOW, name: str = "Backend", service_url: str = SERVICE_URL) -> Arrival:
    conversation = ConversationReference(service_url, place.place_id, place.tenant_id)
    return Arrival(place, name, conversation, "29:the-user", at)
