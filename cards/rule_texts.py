"""What Sentry's rule editor shows of the bot: plain sentences, as it knows no Markdown, in English, as it is."""

from cards.escape import plain
from cards.names import plain_place
from model import PlaceKind
from texts import ENGLISH, speaking


def alert_rule_saved(place_name: str, kind: PlaceKind = PlaceKind.TEAM) -> str:
    """Confirm that a rule's alerts will arrive."""
    return f"Alerts of this rule will be posted to {_place(kind, place_name)} in Microsoft Teams."


def alert_rule_refused(place_name: str, reason: str, kind: PlaceKind = PlaceKind.TEAM) -> str:
    """Say that the place cannot be reached; `reason`: a sentence, ours."""
    name = _place(kind, place_name)
    return f"{name[0].upper()}{name[1:]} in Microsoft Teams cannot be reached. {plain(reason, limit=200)}".strip()


def alert_rule_unknown() -> str:
    """Say that the chosen place is not, or no longer, connected to this organization."""
    return "This place in Microsoft Teams is no longer connected to your Sentry organization. Choose another one."


def _place(kind: PlaceKind, name: str) -> str:
    with speaking(ENGLISH):
        return plain_place(kind, name)
