"""Tells somebody, by one @mention under the card, that an issue was given to them."""

import secrets
from dataclasses import replace
from datetime import timedelta

from cards import build_assigned_card
from issue_model import IssueFacts, TeamsPerson
from model import PlaceKind
from sentry_api import Issue
from services.acting.people import Click
from services.alerts.comments import in_thread
from services.delivery import Delivery
from store import Method, NewDelivery, Store
from texts import speaking_to_all

WORTH_FOR = timedelta(hours=12)


class Telling:
    """Knows people by their accounts in Sentry; who is not linked cannot be mentioned."""

    def __init__(self, store: Store, delivery: Delivery) -> None:
        self._store = store.identities
        self._delivery = delivery

    async def assigned(self, click: Click, sentry_url: str, issue: Issue, facts: IssueFacts) -> None:
        """Mention who has the issue since this click, unless they did it themselves or nobody else is there."""
        owner = issue.assignee
        if owner is None or owner.kind != "user" or click.place.kind is PlaceKind.PERSONAL or not click.card_id:
            return
        identity = await self._store.who(click.person.tenant_id, sentry_url, owner.id)
        if identity is None or identity.person == click.person.key(sentry_url):
            return
        person = TeamsPerson(id=identity.person.object_id, name=identity.account.name)
        with speaking_to_all():
            card = build_assigned_card(facts, person, click.person.name)
        news = NewDelivery(
            key=f"assigned:{click.card_id}:{owner.id}:{secrets.token_hex(8)}",
            to=click.conversation,
            activity=card,
            within=WORTH_FOR,
            method=Method.REPLY,
            activity_id=click.card_id,
            purpose="assigned",
        )
        await self._delivery.deliver(_in_channel(news, click) if click.place.kind is PlaceKind.TEAM else news)


def _in_channel(news: NewDelivery, click: Click) -> NewDelivery:
    """In a channel Teams files a message under its thread by the conversation's id alone."""
    channel = replace(click.conversation, conversation_id=click.conversation.conversation_id.partition(";")[0])
    thread = click.conversation if ";" in click.conversation.conversation_id else in_thread(channel, click.card_id)
    return replace(news, to=thread, method=Method.SEND, activity_id=None)
