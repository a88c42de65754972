"""Puts the parts of the alerts together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sentry_api import SentryApi
from services.alerts.comments import Comments
from services.alerts.concerned import Concerned
from services.alerts.door import Door
from services.alerts.issue_cards import IssueCards
from services.alerts.metrics import Metrics
from services.alerts.organizations import Organizations
from services.alerts.placing import Placing
from services.alerts.processing import Parts, Processing
from services.alerts.running import Running
from services.alerts.signers import Signers
from services.delivery import Delivery
from store import AlertStore


@dataclass(frozen=True, slots=True)
class Alerts:
    """`door` takes webhooks, `running` works on them, `cards` keeps cards true, `signers` verify.

    `concerned`: who is mentioned.
    """

    door: Door
    signers: Signers
    cards: IssueCards
    organizations: Organizations
    running: Running
    concerned: Concerned


def open_alerts(
    store: AlertStore,
    sentry: SentryApi,
    delivery: Delivery,
    clock: Callable[[], datetime],
    storm: timedelta = timedelta(minutes=15),
) -> Alerts:
    """Build everything; `running.run` and `running.catch_up` are to be run beside the server."""
    organizations = Organizations(store, sentry, delivery, clock)
    running: list[Running] = []

    def wake() -> None:
        for each in running:
            each.wake()

    cards = IssueCards(store, organizations, clock, wake, delivery.look)
    placing = Placing(store, organizations, cards, delivery, storm)
    metrics = Metrics(store, placing, clock)
    concerned = Concerned()
    comments = Comments(store, organizations, delivery, clock, concerned)
    parts = Parts(organizations, cards, placing, metrics, comments)
    processing = Processing(store, parts, clock)
    running.append(Running(store, processing, cards, clock))
    signers = Signers(store)
    return Alerts(Door(store, signers, wake), signers, cards, organizations, running[0], concerned)
