"""Puts everything together that people need to act on issues from Teams."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from cards import Controls
from sentry_api import Access, Issue, SentryApi
from services.acting.account_commands import AccountCommands
from services.acting.acting import Acting, Services
from services.acting.alert_cards import AlertCards
from services.acting.ground import Grounds
from services.acting.identities import Identities
from services.acting.lookups import Lookups
from services.acting.resuming import Resuming
from services.acting.showing import Showing
from services.acting.sign_ins import ActingSettings, SignIns
from services.acting.telling import Telling
from services.acting.tokens import ActionTokens, Subject
from services.alerts.issue_cards import IssueCards
from services.alerts.painting import Spot
from services.alerts.painting import Subject as CardSubject
from services.delivery import Delivery
from store import Store, StoredOrganization

PEOPLE_WITHIN = 2.0
"""Seconds that a card waits for the people it can be given to; then it has the typed search alone."""


@dataclass(frozen=True, slots=True)
class ActingFeature:
    """What handlers call; `tokens` sign the buttons of every card."""

    tokens: ActionTokens
    acting: Acting
    accounts: AccountCommands
    lookups: Lookups
    sign_ins: SignIns
    resuming: Resuming
    telling: Telling


def open_acting(
    store: Store,
    sentry: SentryApi,
    delivery: Delivery,
    cards: IssueCards,
    settings: ActingSettings,
) -> ActingFeature:
    """Build the feature, and let the cards of alerts have their buttons from it; close `acting` at the end."""
    tokens, clock = ActionTokens(settings.keys), settings.clock
    identities = Identities(store, sentry, settings.clients, clock)
    sign_ins = SignIns(store, sentry, settings)
    alert_cards = AlertCards(store.alerts, cards, clock)
    grounds, showing = Grounds(store, identities), Showing(sentry, tokens, alert_cards)
    cards.controls_for, cards.get_ready = _controls_for(showing), _get_ready(showing)
    services = Services(
        store=store,
        sentry=sentry,
        delivery=delivery,
        grounds=grounds,
        identities=identities,
        sign_ins=sign_ins,
        tokens=tokens,
        showing=showing,
        cards=alert_cards,
        telling=Telling(store, delivery),
        clock=clock,
    )
    acting = Acting(services)
    return ActingFeature(
        tokens=tokens,
        acting=acting,
        accounts=AccountCommands(identities, sign_ins, grounds),
        lookups=Lookups(sentry, grounds, showing, tokens, sign_ins),
        sign_ins=sign_ins,
        resuming=Resuming(sign_ins, identities, acting),
        telling=services.telling,
    )


def _controls_for(showing: Showing) -> Callable[[StoredOrganization, CardSubject, Spot], Controls]:
    def controls(organization: StoredOrganization, subject: CardSubject, spot: Spot) -> Controls:
        return showing.controls(spot.place, Subject(organization.id, subject.issue_id), subject.facts.project)

    return controls


def _get_ready(showing: Showing) -> Callable[[StoredOrganization, Issue], Awaitable[None]]:
    async def get_ready(organization: StoredOrganization, issue: Issue) -> None:
        access = Access(organization.sentry_url, organization.slug, organization.token)
        with suppress(TimeoutError):
            async with asyncio.timeout(PEOPLE_WITHIN):
                await showing.learn_people(organization.id, access, issue.project)

    return get_ready
