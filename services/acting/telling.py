"""Tells somebody, by one @mention under the card, that an issue was given to them."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from cards import build_assigned_card
from issue_model import IssueFacts, TeamsPerson
from model import ConversationReference, PlaceKind
from sentry_api import Assignee
from services.acting.people import Click
from services.alerts.comments import in_thread
from services.delivery import Delivery
from store import Identity, Mention, Method, NewDelivery, Store, StoredCard
from texts import speaking_to_all

WORTH_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Given:
    """An issue (Sentry's id) of an organization (our id), and who has it now; None: nobody."""

    sentry_url: str
    organization_id: int
    issue_id: str
    owner: Assignee | None


class Telling:
    """Knows people by their accounts in Sentry; who is not linked cannot be mentioned.

    A click here comes back as a webhook from there: whichever is worked on first tells, the other finds it told.
    """

    def __init__(self, store: Store, delivery: Delivery) -> None:
        self._store = store.identities
        self._delivery = delivery

    async def assigned(self, click: Click, given: Given, facts: IssueFacts) -> None:
        """Mention who has the issue since this click, unless they did it themselves or nobody else is there."""
        owner, organization_id, issue_id = given.owner, given.organization_id, given.issue_id
        whom = owner.id if owner and owner.kind == "user" else ""
        identity = await self._store.who(click.person.tenant_id, given.sentry_url, whom) if whom else None
        alone = click.place.kind is PlaceKind.PERSONAL or not click.card_id
        if identity is None or identity.person == click.person.key(given.sentry_url):
            await self.nobody(organization_id, issue_id, owner)
        elif not alone:
            news = _news(identity, facts, click.person.name, click.conversation, click.card_id)
            news = _in_channel(news, click.card_id) if click.place.kind is PlaceKind.TEAM else news
            await self._tell(organization_id, issue_id, identity, news)

    async def under(self, card: StoredCard, identity: Identity, facts: IssueFacts, by: str) -> None:
        """Mention who has the issue now under a card of it; `by`: who gave it to them, "" when not known."""
        activity_id = card.activity_id or ""
        news = _news(identity, facts, by, card.to, activity_id)
        news = _in_channel(news, activity_id) if card.place.kind is PlaceKind.TEAM else news
        await self._tell(card.organization_id, card.issue_id, identity, news)

    async def nobody(self, organization_id: int, issue_id: str, owner: Assignee | None) -> None:
        """Note that somebody has the issue now (None: nobody) who need not hear it: who had it may get it again."""
        whom = f"{owner.kind}:{owner.id}" if owner else ""
        await self._store.take_turn(Mention(_key(organization_id, issue_id), whom, ""), None)

    async def _tell(self, organization_id: int, issue_id: str, identity: Identity, news: NewDelivery) -> None:
        key, whom = _key(organization_id, issue_id), f"user:{identity.account.user_id}"
        if await self._store.take_turn(Mention(key, whom, news.to.conversation_id), news):
            self._delivery.look()


def _key(organization_id: int, issue_id: str) -> str:
    return f"assigned:{organization_id}:{issue_id}"


def _news(identity: Identity, facts: IssueFacts, by: str, to: ConversationReference, card_id: str) -> NewDelivery:
    person = TeamsPerson(id=identity.person.object_id, name=identity.account.name)
    with speaking_to_all():
        card = build_assigned_card(facts, person, by)
    return NewDelivery(
        key=f"assigned:{card_id}:{identity.account.user_id}:{secrets.token_hex(8)}",
        to=to,
        activity=card,
        within=WORTH_FOR,
        method=Method.REPLY,
        activity_id=card_id,
        purpose="assigned",
    )


def _in_channel(news: NewDelivery, card_id: str) -> NewDelivery:
    """In a channel Teams files a message under its thread by the conversation's id alone."""
    channel = replace(news.to, conversation_id=news.to.conversation_id.partition(";")[0])
    thread = news.to if ";" in news.to.conversation_id else in_thread(channel, card_id)
    return replace(news, to=thread, method=Method.SEND, activity_id=None)
