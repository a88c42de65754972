"""Comments in Sentry become replies under the issue's cards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cards import build_comment_card
from issue_model import CommentFacts, CommentState, IssueFacts
from model import ConversationReference, PlaceKind
from sentry_api.webhook_events import CommentChanged
from services.alerts import facts as issue_facts
from services.alerts.issue_cards import KEPT_TRUE
from services.alerts.organizations import Organizations
from services.alerts.routing import Target, is_muted, targets
from services.alerts.wanted import Kind, Subject
from services.delivery import Delivery
from store import AlertStore, ClaimedWebhook, Listener, Method, NewDelivery, StoredCard, StoredOrganization

_STATES = {state.value: state for state in CommentState}


class Comments:
    """Posts comments: under the newest card of the issue in each conversation, and to who subscribes to comments."""

    def __init__(
        self,
        store: AlertStore,
        organizations: Organizations,
        delivery: Delivery,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._organizations = organizations
        self._delivery = delivery
        self._clock = clock

    async def post(self, webhook: ClaimedWebhook, organization: StoredOrganization, comment: CommentChanged) -> bool:
        """Deliver the comment wherever it belongs; False if a card that it belongs under is not posted yet."""
        cards = await self._newest(organization, comment)
        listeners = await self._store.listeners(organization.id)
        said = _facts_of(comment)
        heard = [card for card in cards if not _muted(card, listeners, self._clock())]
        posted = [await self._under(card, webhook, said) for card in heard]
        await self._to_subscribers(webhook, organization, comment, {card.to.conversation_id for card in cards})
        return all(posted)

    async def _newest(self, organization: StoredOrganization, comment: CommentChanged) -> list[StoredCard]:
        found: dict[tuple[int, str], StoredCard] = {}
        for card in await self._store.cards(organization.id, comment.issue_id, self._clock() - KEPT_TRUE):
            found.setdefault((card.installation_id, card.to.conversation_id), card)
        return list(found.values())

    async def _under(self, card: StoredCard, webhook: ClaimedWebhook, said: CommentFacts) -> bool:
        if card.activity_id is None:
            return False
        reply = NewDelivery(
            key=f"comment:{webhook.id}:{card.id}",
            to=card.to,
            activity=build_comment_card(said, issue_facts.read(card.facts)),
            method=Method.REPLY,
            activity_id=card.activity_id,
            purpose="comment",
            installation_id=card.installation_id,
        )
        if card.place.kind is PlaceKind.TEAM:
            # In a channel Teams files a message under its thread by the conversation's id alone.
            reply = replace(reply, to=in_thread(card.to, card.activity_id), method=Method.SEND, activity_id=None)
        await self._delivery.deliver(reply)
        return True

    async def _to_subscribers(
        self, webhook: ClaimedWebhook, organization: StoredOrganization, comment: CommentChanged, told: set[str]
    ) -> None:
        listeners = [each for each in await self._store.listeners(organization.id) if each.subscriptions]
        subject = Subject(Kind.COMMENTS, (comment.project,))
        found = targets(listeners, subject, [], self._clock(), by_rule=False)
        missing = [target for target in found if target.to.conversation_id not in told]
        if not missing:
            return
        issue = await self._organizations.issue_if_told(organization, comment.issue_id)
        url = issue_facts.issue_url(organization, comment.issue_id)
        facts = issue_facts.of_issue(issue, organization) if issue else IssueFacts(title="", url=url)
        for target in missing:
            await self._delivery.deliver(_alone(webhook, target, _facts_of(comment), facts))


def in_thread(channel: ConversationReference, activity_id: str) -> ConversationReference:
    """Return the thread that an activity began in a channel."""
    return replace(channel, conversation_id=f"{channel.conversation_id};messageid={activity_id}")


def _alone(webhook: ClaimedWebhook, target: Target, said: CommentFacts, facts: IssueFacts) -> NewDelivery:
    return NewDelivery(
        key=f"comment:{webhook.id}:{target.listener.installation_id}:{target.to.conversation_id}",
        to=target.to,
        activity=build_comment_card(said, facts),
        purpose="comment",
        installation_id=target.listener.installation_id,
    )


def _facts_of(comment: CommentChanged) -> CommentFacts:
    return CommentFacts(
        author=comment.actor.name,
        text=comment.text,
        state=_STATES.get(comment.action, CommentState.CREATED),
        at=comment.when,
    )


def _muted(card: StoredCard, listeners: list[Listener], now: datetime) -> bool:
    listener = next((each for each in listeners if each.installation_id == card.installation_id), None)
    return listener is not None and is_muted(Target(listener, card.to, {}), now)
