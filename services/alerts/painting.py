"""How a stored card looks: facts, notices and buttons make the activity that stands in Teams."""

import hashlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from cards import Controls, Failed, Notices, Storm, Working, build_issue_card, build_metric_alert_card
from issue_model import IssueFacts
from model import ConversationReference, Place
from sentry_api import Issue
from services.alerts import facts as issue_facts
from services.alerts import metric_facts
from services.alerts.kept import Kept
from store import StoredCard, StoredOrganization
from texts import speaking_to_all

Progress: TypeAlias = Working | Failed


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a card stands: the place that is connected, and the conversation in it."""

    place: Place
    conversation: ConversationReference


@dataclass(frozen=True, slots=True)
class Subject:
    """The issue that a card is about."""

    issue_id: str
    facts: IssueFacts


ControlsFor: TypeAlias = Callable[[StoredOrganization, Subject, Spot], Controls | None]
"""Gives the buttons of an issue's card in a place; None where there are to be none."""

GetReady: TypeAlias = Callable[[StoredOrganization, Issue], Awaitable[None]]
"""Learns what the buttons need to know, before the card of an issue is made."""

_READERS: dict[str, Kept[Any]] = {kind.__name__: Kept(kind) for kind in (Working, Failed)}


def no_controls(organization: StoredOrganization, subject: Subject, spot: Spot) -> None:
    """Give no buttons: the card leads to Sentry only."""


async def nothing_to_get_ready(organization: StoredOrganization, issue: Issue) -> None:
    """Learn nothing."""


def written(progress: Progress | None) -> str | None:
    """Return a notice as the store keeps it."""
    return None if progress is None else orjson.dumps([type(progress).__name__, progress]).decode()


def issue_activity(
    facts: IssueFacts,
    controls: Controls | None,
    notices: Notices = Notices(),  # noqa: B008 - frozen
) -> dict[str, Any]:
    """Return the activity of an issue's card."""
    with speaking_to_all():
        return build_issue_card(facts, controls=controls, notices=notices)


def painted(card: StoredCard, organization: StoredOrganization, controls_for: ControlsFor) -> dict[str, Any]:
    """Return the activity that is to stand in Teams; raises ValueError for facts that cannot be read."""
    if card.issue_id.startswith(metric_facts.PREFIX):
        with speaking_to_all():
            return build_metric_alert_card(metric_facts.read(card.facts))
    facts = issue_facts.read(card.facts)
    controls = controls_for(organization, Subject(card.issue_id, facts), Spot(card.place, card.to))
    return issue_activity(facts, controls, Notices(progress=_progress(card.notice), storm=_storm(card)))


def mark_of(activity: dict[str, Any]) -> str:
    """Return what tells these looks from others."""
    return hashlib.sha256(orjson.dumps(activity, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _progress(notice: str | None) -> Progress | None:
    if notice is None:
        return None
    name, fields = orjson.loads(notice)
    progress: Progress = _READERS[name].of(fields)
    return progress


def _storm(card: StoredCard) -> Storm | None:
    if card.events == 0:
        return None
    minutes = math.ceil((card.last_count_at - card.opened_at).total_seconds() / 60)
    return Storm(card.events, max(1, minutes))
