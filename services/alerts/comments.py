"""Comments in Sentry become replies under the issue's cards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cards import build_comment_card
from issue_model import CommentFacts, CommentState, IssueFacts
from model import ConversationReference, PlaceKind
from sentry_api.webhook_events import CommentChanged, IssueChanged
from services.alerts import facts as issue_facts
from services.alerts.concerned import Concerned, Named
from services.alerts.issue_cards import KEPT_TRUE
from services.alerts.organizations import Organizations
from services.alerts.routing import Target, is_muted, targets
from services.alerts.wanted import Kind, Subject
from services.delivery import Delivery
from store import (
    COMMENT,
    AlertStore,
    ClaimedWebhook,
    Listener,
    Method,
    NewDelivery,
    Reply,
    StoredCard,
    StoredOrganization,
)
from texts import speaking_to_all

_CHANGES = frozenset({CommentState.UPDATED, CommentState.DELETED})
_STATES = {state.value: state for state in CommentState}


class Comments:
    """Posts comments: under the newest card of the issue in each conversation, and to who subscribes to comments."""

    def __init__(
        self,
        store: AlertStore,
        organizations: Organizations,
        delivery: Delivery,
        clock: Callable[[], datetime],
        concerned: Concerned,
    ) -> None:
        self._store = store
        self._organizations = organizations
        self._delivery = delivery
        self._clock = clock
        self._concerned = concerned

    async def post(self, webhook: ClaimedWebhook, organization: StoredOrganization, comment: CommentChanged) -> bool:
        """Deliver the comment wherever it belongs; False if a card that it belongs under is not posted yet."""
        cards = await self._newest(organization, comment.issue_id)
        muted = await self._muted(organization, cards)
        heard = [card for card in cards if card.id not in muted]
        people = self._concerned.people
        named = await people.named(organization, comment, heard) if people else {}
        told = _Told(webhook, organization.id, comment, named)
        posted = [await self._under(card, told, muted=card.id in muted) for card in cards]
        alone = await self._to_subscribers(told, organization, {card.to.conversation_id for card in cards})
        self._delivery.look()
        return all(posted) and alone

    async def tell_owner(self, organization: StoredOrganization, changed: IssueChanged) -> bool:
        """Mention who has the issue now, under one of its cards; False if that one is not posted yet."""
        cards = await self._newest(organization, changed.issue.id)
        muted = await self._muted(organization, cards)
        heard = [card for card in cards if card.id not in muted]
        people = self._concerned.people
        return not (heard and people) or await people.assigned(organization, changed, heard)

    async def _muted(self, organization: StoredOrganization, cards: Sequence[StoredCard]) -> set[int]:
        listeners = await self._store.listeners(organization.id)
        return {card.id for card in cards if _is_muted(card, listeners, self._clock())}

    async def _newest(self, organization: StoredOrganization, issue_id: str) -> list[StoredCard]:
        found: dict[tuple[int, str], StoredCard] = {}
        for card in await self._store.cards(organization.id, issue_id, self._clock() - KEPT_TRUE):
            found.setdefault((card.installation_id, card.to.conversation_id), card)
        return list(found.values())

    async def _under(self, card: StoredCard, told: "_Told", *, muted: bool) -> bool:
        if card.activity_id is None:
            return muted
        reply = NewDelivery(
            key=told.key(card.installation_id, card.to),
            to=card.to,
            activity=told.activity(issue_facts.read(card.facts), card.to),
            method=Method.REPLY,
            activity_id=card.activity_id,
            purpose=COMMENT,
            installation_id=card.installation_id,
        )
        if card.place.kind is PlaceKind.TEAM:
            # In a channel Teams files a message under its thread by the conversation's id alone.
            reply = replace(reply, to=in_thread(card.to, card.activity_id), method=Method.SEND, activity_id=None)
        return await self._store.reply(told.reply(reply, muted=muted))

    async def _to_subscribers(self, told: "_Told", organization: StoredOrganization, known: set[str]) -> bool:
        listeners = [each for each in await self._store.listeners(organization.id) if each.subscriptions]
        subject = Subject(Kind.COMMENTS, (told.comment.project,))
        found = targets(listeners, subject, [], self._clock(), by_rule=False)
        missing = [target for target in found if target.to.conversation_id not in known]
        if not missing:
            return True
        issue = await self._organizations.issue_if_told(organization, told.comment.issue_id)
        url = issue_facts.issue_url(organization, told.comment.issue_id)
        facts = issue_facts.of_issue(issue, organization) if issue else IssueFacts(title="", url=url)
        posted = [await self._store.reply(told.reply(_alone(told, target, facts))) for target in missing]
        return all(posted)


@dataclass(frozen=True, slots=True)
class _Told:
    """A comment as a webhook tells it."""

    webhook: ClaimedWebhook
    organization_id: int
    comment: CommentChanged
    named: Named

    def key(self, installation_id: int, to: ConversationReference) -> str:
        """Return what names the comment's one reply in a conversation, whichever webhook is about it."""
        return f"comment:{self.organization_id}:{self.comment.comment_id}:{installation_id}:{to.conversation_id}"

    def activity(self, issue: IssueFacts, to: ConversationReference) -> dict[str, Any]:
        """Return the reply in a conversation."""
        with speaking_to_all():
            return build_comment_card(_facts_of(self.comment), issue, self.named.get(to.conversation_id, ()))

    def reply(self, post: NewDelivery, *, muted: bool = False) -> Reply:
        """Return what is to become of the reply: nobody needs to hear that what they never saw was deleted."""
        changes = self.comment.action in _CHANGES
        fresh = not muted and self.comment.action != CommentState.DELETED
        return Reply(self.webhook.id, post, fresh=fresh, changes=changes)


def in_thread(channel: ConversationReference, activity_id: str) -> ConversationReference:
    """Return the thread that an activity began in a channel."""
    return replace(channel, conversation_id=f"{channel.conversation_id};messageid={activity_id}")


def _alone(told: _Told, target: Target, facts: IssueFacts) -> NewDelivery:
    return NewDelivery(
        key=told.key(target.listener.installation_id, target.to),
        to=target.to,
        activity=told.activity(facts, target.to),
        purpose=COMMENT,
        installation_id=target.listener.installation_id,
    )


def _facts_of(comment: CommentChanged) -> CommentFacts:
    return CommentFacts(
        author=comment.actor.name,
        text=comment.text,
        state=_STATES.get(comment.action, CommentState.CREATED),
        at=comment.when,
    )


def _is_muted(card: StoredCard, listeners: list[Listener], now: datetime) -> bool:
    listener = next((each for each in listeners if each.installation_id == card.installation_id), None)
    return listener is not None and is_muted(Target(listener, card.to, {}), now)
