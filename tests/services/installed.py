"""Installations as the store returns them."""

from datetime import UTC, datetime

from model import ConversationReference, Installation, Place, PlaceKind

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TENANT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def installed(
    kind: PlaceKind = PlaceKind.TEAM, place_id: str = "19:team@thread.tacv2", name: str = "Platform", nonce: str = "n1"
) -> Installation:
    return Installation(
        id=7,
        place=Place(TENANT, place_id, kind),
        name=name,
        conversation=ConversationReference(SERVICE_URL, "19:general@thread.tacv2", TENANT),
        user_id="29:installer",
        installed_at=NOW,
        setup_nonce=nonce or None,
        used_nonce=None,
        welcome_activity_id=None,
        connections=(),
    )
