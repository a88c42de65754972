"""Issues and people that somebody asks for: `issue WEB-1A`, a pasted link, a search, the name of an assignee."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from cards import (
    ASSIGNEES,
    Candidate,
    assignee_results,
    build_issue_card,
    build_issue_not_found_card,
    build_not_allowed_card,
    search_message,
    search_results,
    search_sign_in,
    unfurled,
)
from issue_model import IssueFacts
from model import Connection, Place
from sentry_api import Access, Issue, NotFound, SentryApi, SentryError, SentrySlow
from services.acting.addresses import IssueAddress, issue_in
from services.acting.ground import Ground, Grounds, NotConnectedHere
from services.acting.issue_facts import facts_of
from services.acting.people import Person
from services.acting.reasons import reason
from services.acting.showing import Showing
from services.acting.sign_ins import SignIns
from services.acting.tokens import ActionTokens, TokenForged
from texts import gettext as _
from texts import marked

log = structlog.get_logger(__name__)
_MOST_FOUND = 10
_MOST_PEOPLE = 15
_MOST_READ = 100
_WITHIN = 4.0
"""Teams waits 5 seconds for what is searched for."""

_ANSWERED_WITHIN = 9.0
"""Teams sends a message again after 15 seconds."""

_PEOPLE_WITHIN = 2.0

_NOT_CONNECTED = marked("No Sentry organization is connected here. Send me “setup” to connect one.")
_NOT_OURS = marked("This page is not of a Sentry organization that is connected here.")
T = TypeVar("T")


class Lookups:
    """Finds issues and people; only in organizations that are connected to the place where somebody asks."""

    def __init__(
        self, sentry: SentryApi, grounds: Grounds, showing: Showing, tokens: ActionTokens, sign_ins: SignIns
    ) -> None:
        self._sentry = sentry
        self._grounds = grounds
        self._showing = showing
        self._tokens = tokens
        self._sign_ins = sign_ins

    async def issue(self, place: Place, asked: str) -> dict[str, Any]:
        """Return the card of the issue with this short id or address, as it is now."""
        connections = await self._grounds.connections(place)
        looking = [_in_time(self._one(place, each, asked), _ANSWERED_WITHIN) for each in connections]
        found = await asyncio.gather(*looking, return_exceptions=True)
        for each in found:
            if isinstance(each, dict):
                return each
        problems = [each for each in found if isinstance(each, BaseException)]
        if problems:
            return _problem(problems[0])
        return build_issue_not_found_card(asked, [each.organization_name for each in connections])

    async def unfurl(self, place: Place, person: Person, url: str) -> dict[str, Any]:
        """Return the answer to a pasted link: the issue's card, with buttons where its organization is connected."""
        address = issue_in(url, self._sentry.allowed)
        if address is None:
            return search_message(_(_NOT_OURS))
        try:
            return await _in_time(self._unfurl(place, person, address))
        except SentryError as error:
            return search_message(_(reason(error)[0]))
        except NotConnectedHere:
            return search_message(_(_NOT_OURS))

    async def search(self, place: Place, text: str) -> dict[str, Any]:
        """Return the answer to a search in the message extension."""
        connections = await self._grounds.connections(place)
        if not connections:
            return search_message(_(_NOT_CONNECTED))
        asked = await asyncio.gather(
            *(_in_time(self._search(place, each, text)) for each in connections), return_exceptions=True
        )
        found = [result for each in asked if isinstance(each, list) for result in each]
        if found:
            return search_results(found[:_MOST_FOUND])
        errors = [each for each in asked if isinstance(each, SentryError)]
        none = _("No issue found for “{text}”.").format(text=text[:80])
        return search_message(_(reason(errors[0])[0]) if errors else none)

    async def assignees(self, place: Place, dataset: str, text: str) -> dict[str, Any]:
        """Return the answer to the typed search for an assignee; nobody where the token is not good here."""
        try:
            subject = self._tokens.read(dataset.removeprefix(ASSIGNEES), place)
            ground = await self._grounds.find(place, subject)
            actor = await self._grounds.integration(ground.connection)
            people = await _in_time(self._people(actor.access, text.strip().lstrip("#")))
        except (TokenForged, NotConnectedHere, SentryError) as error:
            log.info("no assignees found", reason=type(error).__name__)
            people = []
        return {"statusCode": 200, **assignee_results(people)}

    async def _one(self, place: Place, connection: Connection, asked: str) -> dict[str, Any] | None:
        actor = await self._grounds.integration(connection)
        try:
            issue = await self._read(actor.access, asked)
        except NotFound:
            return None
        return await self._card(Ground(place, connection, issue.id), actor.access, issue)

    async def _read(self, access: Access, asked: str) -> Issue:
        address = issue_in(asked, [access.sentry_url])
        if address is None:
            return await self._sentry.issues.by_short_id(access, asked)
        if address.slug != access.organization:
            raise NotFound("of another organization")
        return await self._sentry.issues.get(access, address.issue_id)

    async def _card(self, ground: Ground, access: Access, issue: Issue) -> dict[str, Any]:
        if issue.project is not None:
            with suppress(SentrySlow):
                await _in_time(
                    self._showing.learn_people(ground.connection.organization_id, access, issue.project), _PEOPLE_WITHIN
                )
        return self._showing.card(ground, await self._showing.facts(ground, issue))

    async def _unfurl(self, place: Place, person: Person, address: IssueAddress) -> dict[str, Any]:
        for connection in await self._grounds.connections(place):
            if (connection.sentry_url, connection.organization_slug) == (address.sentry_url, address.slug):
                actor = await self._grounds.integration(connection)
                issue = await self._sentry.issues.get(actor.access, address.issue_id)
                ground = Ground(place, connection, issue.id)
                facts = await self._showing.facts(ground, issue)
                return unfurled(facts, self._showing.live_card(ground, facts, person))
        return await self._unfurl_for(person, address)

    async def _unfurl_for(self, person: Person, address: IssueAddress) -> dict[str, Any]:
        """Show what the person may see, where the organization is not connected: without buttons."""
        actor = await self._grounds.person(person, address.sentry_url, address.slug)
        if actor is not None:
            issue = await self._sentry.issues.get(actor.access, address.issue_id)
            facts = facts_of(issue, address.sentry_url, address.slug)
            return unfurled(facts, build_issue_card(facts))
        if not self._sign_ins.possible(address.sentry_url):
            return search_message(_(_NOT_OURS))
        return search_sign_in(await self._sign_ins.offer(person, address.sentry_url, {}))

    async def _search(self, place: Place, connection: Connection, text: str) -> list[tuple[IssueFacts, dict[str, Any]]]:
        actor = await self._grounds.integration(connection)
        found = []
        async for issue in self._sentry.issues.search(actor.access, text or "is:unresolved", most=_MOST_FOUND):
            ground = Ground(place, connection, issue.id)
            facts = await self._showing.facts(ground, issue)
            found.append((facts, self._showing.card(ground, facts)))
        return found

    async def _people(self, access: Access, text: str) -> list[Candidate]:
        teams, members = await asyncio.gather(
            _first(self._sentry.members.teams(access, query=text, most=_MOST_READ)),
            _first(self._sentry.members.each(access, query=text, most=_MOST_READ)),
        )
        people = [Candidate(each.name, f"user:{each.user_id}") for each in members if each.user_id]
        groups = [Candidate(f"#{each.slug}", f"team:{each.id}") for each in teams]
        return [*_matching(people, text), *_matching(groups, text)][:_MOST_PEOPLE]


def _matching(candidates: Sequence[Candidate], text: str) -> list[Candidate]:
    """Keep those whose name holds the text: an installation may ignore what it is asked. By address it found them."""
    wanted = text.casefold()
    named = [each for each in candidates if wanted in each.name.casefold()]
    return named or (list(candidates) if "@" in wanted else [])


async def _first(found: AsyncIterator[T]) -> list[T]:
    return [each async for each in found]


async def _in_time(work: Awaitable[T], seconds: float = _WITHIN) -> T:
    """Return what the work returns; raises SentrySlow when that takes too long."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise SentrySlow(f"no answer within {seconds:.0f} s") from None


def _problem(error: BaseException) -> dict[str, Any]:
    if isinstance(error, SentryError):
        return build_not_allowed_card(reason(error)[0])
    if isinstance(error, NotConnectedHere):
        return build_not_allowed_card(_NOT_CONNECTED)
    raise error
