"""Carries out what people press on the cards of issues."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
import structlog

from cards import build_not_allowed_card, build_sign_in_card
from cards.issue_commands import IssueCommand
from cards.issue_notices import Failed, Notices, Working
from issue_model import IssueFacts
from sentry_api import Issue, SentryApi, SentryError, WrongToken
from sentry_api.changes import AssignTo
from services.acting.alert_cards import AlertCards
from services.acting.ground import Actor, Ground, Grounds, NotConnectedHere
from services.acting.identities import Identities
from services.acting.people import Click
from services.acting.reasons import reason
from services.acting.showing import Showing
from services.acting.sign_ins import SignIns
from services.acting.telling import Given, Telling
from services.acting.tokens import ActionTokens, TokenForged
from services.acting.wishes import Wish, WishUnclear, read_wish
from services.delivery import Delivery
from store import AuditEntry, Method, NewDelivery, Store
from texts import gettext as _
from texts import marked

T = TypeVar("T")
log = structlog.get_logger(__name__)
ANSWER_WITHIN = 2.5
"""Seconds after which a click is answered by "working on it"; Teams gives up after some more."""

PEOPLE_WITHIN = 0.8
"""Seconds that the answer to a click waits for the list of people; a start has forgotten it."""

WORTH_FOR = timedelta(hours=1)
ENDS_WITHIN = 15.0
_NOT_HERE = marked("This card's Sentry organization is not connected here, so nothing was changed.")
_NO_ACCOUNT = marked(
    "I do not know who you are in Sentry, and signing in is not set up for this bot. "
    "Whoever connected this place may allow everybody here to change issues."
)
_NOT_ME = marked("I do not know who you are in Sentry; choose your name from the list instead.")


@dataclass(frozen=True, slots=True)
class Shown:
    """The issue's card. `changed`: whether the issue was changed, which others should see. `failed`: what was not."""

    ground: Ground
    card: dict[str, Any]
    changed: bool = False
    failed: Failed | None = None


@dataclass(frozen=True, slots=True)
class Private:
    """A card for the one who pressed, and nobody else."""

    card: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done; `text` tells the one who pressed why."""

    text: str


Outcome = Shown | Private | Refused


@dataclass(frozen=True, slots=True)
class Services:
    """What acting stands on."""

    store: Store
    sentry: SentryApi
    delivery: Delivery
    grounds: Grounds
    identities: Identities
    sign_ins: SignIns
    tokens: ActionTokens
    showing: Showing
    cards: AlertCards
    telling: Telling
    clock: Callable[[], datetime]


class Acting:
    """`press` answers a click in time; what takes longer is finished later, on the card itself."""

    def __init__(self, services: Services, answer_within: float = ANSWER_WITHIN) -> None:
        self.services = services
        self._within = answer_within
        self._tasks: set[asyncio.Task[Any]] = set()

    async def press(self, click: Click) -> Outcome:
        """Carry out a click; returns what to show for it."""
        try:
            wish = read_wish(click.data)
            subject = self.services.tokens.read(click.data["token"], click.place)
            ground = await self.services.grounds.find(click.place, subject)
        except WishUnclear as error:
            return Refused(str(error))
        except (TokenForged, NotConnectedHere):
            log.warning("click refused", place=click.place.kind, command=click.data["command"])
            return Refused(_(_NOT_HERE))
        return await self._in_time(click, ground, wish)

    async def close(self) -> None:
        """Let what is under way end, for a while."""
        if self._tasks:
            _done, left = await asyncio.wait(self._tasks, timeout=ENDS_WITHIN)
            for task in left:
                task.cancel()

    async def _in_time(self, click: Click, ground: Ground, wish: Wish) -> Outcome:
        task = self._start(self._carry_out(click, ground, wish))
        done, _late = await asyncio.wait({task}, timeout=self._within)
        if done:
            return task.result()
        self._start(self._show_later(click, task))
        working = Notices(progress=Working(wish.doing, click.person.name))
        return Shown(
            ground, self.services.showing.card(ground, await self.services.showing.last_known(ground), working)
        )

    async def _show_later(self, click: Click, task: "asyncio.Task[Outcome]") -> None:
        """Put the outcome where "working on it" stands."""
        outcome = await task
        if isinstance(outcome, Shown):
            if not outcome.changed:
                await self.show(click, outcome)
            return
        card = build_not_allowed_card(outcome.text) if isinstance(outcome, Refused) else outcome.card
        await self.show_privately(click, card)

    async def _carry_out(self, click: Click, ground: Ground, wish: Wish) -> Outcome:
        """Do it. What changed is shown to everybody at once, on the card that was pressed and on all others."""
        try:
            outcome = await self._try(click, ground, wish)
        except NotConnectedHere:
            return Refused(_(_NOT_HERE))
        if isinstance(outcome, Shown) and outcome.changed:
            self._start(self.show(click, outcome))
        return outcome

    async def _try(self, click: Click, ground: Ground, wish: Wish) -> Outcome:
        if wish.command is IssueCommand.REFRESH:
            return await self._look(ground)
        actor: Actor | None = None
        try:
            actor = await self.services.grounds.actor(click.person, ground.connection, needs_person=wish.needs_person)
            if actor is None:
                return await self._ask_to_sign_in(click, ground, wish)
            issue = await self._change(ground, wish, actor)
        except WrongToken as error:
            return await self._unknown_token(click, ground, wish, actor, error)
        except SentryError as error:
            return await self._failed(click, ground, wish, error, actor)
        await self._note(click, ground, wish, actor)
        facts = await self._facts(ground, actor, issue)
        if wish.command in {IssueCommand.ASSIGN, IssueCommand.UNASSIGN}:
            given = Given(ground.connection.sentry_url, ground.connection.organization_id, issue.id, issue.assignee)
            self._start(self.services.telling.assigned(click, given, facts))
        return Shown(ground, self.services.showing.card(ground, facts), changed=True)

    async def _unknown_token(
        self, click: Click, ground: Ground, wish: Wish, actor: Actor | None, error: WrongToken
    ) -> Outcome:
        """Sentry knows the token no longer: a person signs in again."""
        if actor is None or actor.identity is None:
            return await self._failed(click, ground, wish, error, actor)
        await self.services.identities.refused(actor.identity)
        return await self._ask_to_sign_in(click, ground, wish)

    async def _change(self, ground: Ground, wish: Wish, actor: Actor) -> Issue:
        issues = self.services.sentry.issues
        if wish.comment:
            await issues.comment(actor.access, ground.issue_id, wish.comment)
            return await issues.get(actor.access, ground.issue_id)
        mine = AssignTo.user(actor.identity.account.user_id) if wish.to_me and actor.identity else None
        change = mine or wish.change
        if change is None:
            raise ValueError(f"{wish.command} changes nothing")
        return await issues.change(actor.access, ground.issue_id, change)

    async def _look(self, ground: Ground, failed: Failed | None = None) -> Shown:
        """Show the issue as it is; as it was last known when Sentry cannot be asked."""
        try:
            actor = await self.services.grounds.integration(ground.connection)
            issue = await self.services.sentry.issues.get(actor.access, ground.issue_id)
            facts = await self._facts(ground, actor, issue)
        except SentryError as error:
            log.info("issue not read", error=str(error))
            facts = await self.services.showing.last_known(ground)
        return Shown(ground, self.services.showing.card(ground, facts, Notices(progress=failed)), failed=failed)

    async def _facts(self, ground: Ground, actor: Actor, issue: Issue) -> IssueFacts:
        """Return what the card shows; who the issue can be given to is learned first, if that does not take long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PEOPLE_WITHIN):
                await self.services.showing.learn_people(ground.connection.organization_id, actor.access, issue.project)
        return await self.services.showing.facts(ground, issue)

    async def _failed(
        self, click: Click, ground: Ground, wish: Wish, error: SentryError, actor: Actor | None = None
    ) -> Shown:
        """Say why, in Sentry's own words if these are any, beside the true state."""
        text, from_sentry = reason(error)
        log.info("click failed", command=wish.command, reason=text, kind=type(error).__name__)
        await self._note(click, ground, wish, actor, failure=type(error).__name__)
        return await self._look(ground, Failed(wish.undone, text, click.person.name, from_sentry))

    async def _ask_to_sign_in(self, click: Click, ground: Ground, wish: Wish) -> Outcome:
        sentry_url = ground.connection.sentry_url
        if not self.services.sign_ins.possible(sentry_url):
            anybody = await self.services.store.identities.may_anybody_act(ground.connection.id)
            return Refused(_(_NOT_ME) if anybody and wish.needs_person else _(_NO_ACCOUNT))
        url = await self.services.sign_ins.offer(click.person, sentry_url, {"click": click.stored()})
        known = await self.services.showing.last_known(ground)
        return Private(build_sign_in_card(sentry_url, url, wish.undone, known.short_id))

    async def _note(self, click: Click, ground: Ground, wish: Wish, actor: Actor | None, failure: str = "") -> None:
        detail = {
            "sentry_url": ground.connection.sentry_url,
            "organization": ground.connection.organization_slug,
            "issue": ground.issue_id,
            "as": actor.kind if actor else "nobody",
            **({"choice": wish.choice} if wish.choice else {}),
            **({"sentry_user": actor.identity.account.user_id} if actor and actor.identity else {}),
            **({"failed": failure} if failure else {}),
        }
        entry = AuditEntry(self.services.clock(), f"issue {wish.command.value}", click.person.user_id, detail)
        await self.services.store.identities.audit(click.place, entry)

    async def show(self, click: Click, shown: Shown) -> None:
        """Let the card that was pressed, and every other of the issue, show that, for everybody."""
        organization_id, issue_id = shown.ground.connection.organization_id, shown.ground.issue_id
        follows = await self.services.cards.follow(organization_id, issue_id, click.card_id, shown.failed)
        if follows or not click.card_id:
            return
        mark = hashlib.sha256(orjson.dumps([shown.card, self.services.clock().isoformat()])).hexdigest()[:32]
        await self.services.delivery.deliver(
            NewDelivery(
                key=f"issue:{click.conversation.conversation_id}:{click.card_id}:{mark}",
                to=click.conversation,
                activity=shown.card,
                within=WORTH_FOR,
                method=Method.UPDATE,
                activity_id=click.card_id,
                purpose="issue card",
            )
        )

    async def show_privately(self, click: Click, card: dict[str, Any]) -> bool:
        """Send `card` to the person's own chat with the bot; False if there is none."""
        chat = await self.services.store.identities.chat_of(click.person.tenant_id, click.person.user_id)
        if chat is None:
            return False
        mark = hashlib.sha256(orjson.dumps(card)).hexdigest()[:32]
        new = NewDelivery(key=f"private:{mark}", to=chat, activity=card, within=WORTH_FOR, purpose="private")
        await self.services.delivery.deliver(new)
        return True

    def _start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a click's task broke", exc_info=task.exception())
