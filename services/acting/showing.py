"""The card of an issue as it is to be shown in one place, with the buttons that belong there."""

import asyncio
import time
from collections import OrderedDict
from typing import Any

import structlog

from cards import Candidate, Controls, build_issue_card
from cards.issue_notices import NO_NOTICES, Notices
from issue_model import IssueFacts
from model import Connection, Place
from sentry_api import Access, Issue, Project, SentryApi, SentryError
from services.acting.alert_cards import AlertCards
from services.acting.ground import Ground
from services.acting.issue_facts import facts_of, page_of
from services.acting.people import Person
from services.acting.tokens import ActionTokens, Subject
from texts import gettext as _
from texts import speaking_to_all

log = structlog.get_logger(__name__)
_REMEMBERED = 2000
_CANDIDATES_FOR = 600.0
_ASKED_AGAIN_AFTER = 30.0
_MOST_MEMBERS = 40
_MOST_TEAMS = 10


class Showing:
    """Puts cards together, from what Sentry says now and what earlier cards showed."""

    def __init__(self, sentry: SentryApi, tokens: ActionTokens, cards: AlertCards) -> None:
        self._sentry = sentry
        self._tokens = tokens
        self._cards = cards
        self._shown: OrderedDict[Subject, IssueFacts] = OrderedDict()
        self._candidates: OrderedDict[tuple[int, str], tuple[float, tuple[Candidate, ...]]] = OrderedDict()
        self._asking: dict[tuple[int, str], asyncio.Task[None]] = {}

    def controls(self, place: Place, subject: Subject, project: str) -> Controls:
        """Return the buttons for a card about `subject` in `place`; with the people of the project, once known."""
        _until, candidates = self._candidates.get((subject.organization_id, project), (0.0, ()))
        return Controls(self._tokens.issue(subject, place), candidates)

    def card(self, ground: Ground, facts: IssueFacts, notices: Notices = NO_NOTICES) -> dict[str, Any]:
        """Return the card."""
        controls = self.controls(ground.place, ground.subject, facts.project)
        with speaking_to_all():
            return build_issue_card(facts, controls=controls, notices=notices)

    def live_card(self, ground: Ground, facts: IssueFacts, person: Person) -> dict[str, Any]:
        """Return a card that the bot cannot update itself: Teams asks for it again when `person` looks at it."""
        controls = self.controls(ground.place, ground.subject, facts.project)
        return build_issue_card(facts, controls=controls, refresh_for=[person.user_id] if person.user_id else [])

    async def facts(self, ground: Ground, issue: Issue) -> IssueFacts:
        """Return what a card shows of `issue` as it is now."""
        connection = ground.connection
        known = await self._cards.facts(connection.organization_id, issue.id)
        facts = facts_of(issue, connection.sentry_url, connection.organization_slug, known)
        self._remember(ground.subject, facts)
        return facts

    async def last_known(self, ground: Ground) -> IssueFacts:
        """Return what was shown of an issue last, without asking Sentry."""
        known = await self._cards.facts(ground.connection.organization_id, ground.issue_id)
        return known or self._shown.get(ground.subject) or _unknown(ground.connection, ground.issue_id)

    async def learn_people(self, organization_id: int, access: Access, project: Project | None) -> None:
        """Learn who an issue of the project can be given to: a list for clients without typed search.

        Who comes while others wait for the same waits with them; who gives up leaves the answer to the next.
        """
        key = (organization_id, project.slug if project else "")
        until, _ = self._candidates.get(key, (0.0, ()))
        if project is None or time.monotonic() < until:
            return
        if key not in self._asking:
            self._asking[key] = asyncio.create_task(self._learn(key, access))
            self._asking[key].add_done_callback(lambda _: self._asking.pop(key, None))
        await asyncio.shield(self._asking[key])

    async def _learn(self, key: tuple[int, str], access: Access) -> None:
        _, known = self._candidates.get(key, (0.0, ()))
        lasts = _CANDIDATES_FOR
        try:
            known = await self._ask_for_people(access, key[1])
        except SentryError as error:
            log.info("no candidates", error=str(error))
            lasts = _ASKED_AGAIN_AFTER
        self._candidates[key] = (time.monotonic() + lasts, known)
        _trim(self._candidates)

    async def _ask_for_people(self, access: Access, project: str) -> tuple[Candidate, ...]:
        projects = self._sentry.projects
        teams = [team async for team in projects.teams(access, project, most=_MOST_TEAMS)]
        members = [member async for member in projects.members(access, project, most=_MOST_MEMBERS)]
        found = [Candidate(f"#{team.slug}", f"team:{team.id}") for team in teams]
        return (*found, *(Candidate(each.name, f"user:{each.user_id}") for each in members if each.user_id))

    def _remember(self, subject: Subject, facts: IssueFacts) -> None:
        self._shown[subject] = facts
        self._shown.move_to_end(subject)
        _trim(self._shown)


def _trim(remembered: "OrderedDict[Any, Any]") -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)


def _unknown(connection: Connection, issue_id: str) -> IssueFacts:
    page = page_of(connection.sentry_url, connection.organization_slug, issue_id)
    return IssueFacts(title=_("Issue {name}").format(name=issue_id), url=page)
