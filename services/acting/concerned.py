"""People who are linked, and whom a change in Sentry concerns: each is @mentioned once, where they can read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from adapter.errors import ConnectorError
from issue_model import TeamsPerson
from model import ConversationReference, PlaceKind
from sentry_api import Assignee, SentryApi, SentryError
from sentry_api.webhook_events import Actor, CommentChanged, IssueChanged
from services.acting.naming import is_named, possible_names
from services.acting.telling import Telling
from services.alerts import facts as issue_facts
from services.alerts.concerned import Named
from services.alerts.organizations import Organizations, access_of
from store import Identity, Mention, Store, StoredCard, StoredOrganization

log = structlog.get_logger(__name__)
_MOST_NAMESAKES = 100


class Roster(Protocol):
    """Knows who is in a conversation."""

    async def has_member(self, to: ConversationReference, member_id: str) -> bool:
        """Tell whether somebody is; raises ConnectorError."""


@dataclass(frozen=True, slots=True)
class ConcernedPeople:
    """What services/alerts/concerned asks for."""

    store: Store
    sentry: SentryApi
    organizations: Organizations
    roster: Roster
    telling: Telling

    async def assigned(
        self, organization: StoredOrganization, changed: IssueChanged, cards: Sequence[StoredCard]
    ) -> bool:
        """Tell who has the issue since this change, unless they took it themselves or have it no longer."""
        owner, issue_id = changed.issue.assignee, changed.issue.id
        if not await self._has_it_still(organization, issue_id, owner):
            return True
        whom = owner.id if owner and owner.kind == "user" and not _is(changed.actor, owner) else ""
        identity = await self._who(organization, whom) if whom else None
        if identity is None:
            await self.telling.nobody(organization.id, issue_id, owner)
            return True
        card = await self._card_for(identity, cards)
        if card is None or card.activity_id is None:
            return card is None
        by = changed.actor.name if changed.actor.kind == "user" else ""
        await self.telling.under(card, identity, issue_facts.read(card.facts), by)
        return True

    async def named(
        self, organization: StoredOrganization, comment: CommentChanged, cards: Sequence[StoredCard]
    ) -> Named:
        """Return who is mentioned in a comment, each in the newest card's conversation that they are in."""
        found: dict[str, list[TeamsPerson]] = {}
        for identity in await self._named_in(organization, comment) if cards else ():
            card = await self._card_for(identity, cards)
            if card is not None:
                key = f"comment:{organization.id}:{comment.comment_id}:{identity.person.object_id}"
                mention = Mention(key, identity.account.user_id, card.to.conversation_id)
                where = await self.store.identities.where_mentioned(mention)
                found.setdefault(where, []).append(
                    TeamsPerson(id=identity.person.object_id, name=identity.account.name)
                )
        return found

    async def _has_it_still(self, organization: StoredOrganization, issue_id: str, owner: Assignee | None) -> bool:
        """Webhooks come late: who was told, and what was changed since, must not be told again."""
        now = await self.organizations.issue_if_told(organization, issue_id)
        return owner is not None and (now is None or now.assignee == owner or _same(now.assignee, owner))

    async def _who(self, organization: StoredOrganization, user_id: str) -> Identity | None:
        return await self.store.identities.who(organization.tenant_id, organization.sentry_url, user_id)

    async def _card_for(self, identity: Identity, cards: Sequence[StoredCard]) -> StoredCard | None:
        """Return the newest card that others see as well and that stands where the person is."""
        for card in cards:
            if card.place.kind is not PlaceKind.PERSONAL and await self._is_there(card.to, identity):
                return card
        return None

    async def _is_there(self, to: ConversationReference, identity: Identity) -> bool:
        try:
            return await self.roster.has_member(to, identity.person.object_id)
        except ConnectorError as error:
            # Who is linked in this tenant is most likely there; to mention somebody who is not does no harm.
            log.info("roster not read", why=str(error))
            return True

    async def _named_in(self, organization: StoredOrganization, comment: CommentChanged) -> list[Identity]:
        names = possible_names(comment.text)
        if not names:
            return []
        tenant, sentry_url = organization.tenant_id, organization.sentry_url
        known = await self.store.identities.called(tenant, sentry_url, names)
        accounts = [await self._account(organization, name, comment.text) for name in known]
        found = [await self._who(organization, each) for each in dict.fromkeys(accounts) if each]
        author = comment.actor.id if comment.actor.kind == "user" else ""
        return [each for each in found if each is not None and each.account.user_id != author]

    async def _account(self, organization: StoredOrganization, name: str, text: str) -> str:
        """Return the one account in Sentry that the name means; "" where it may be another's."""
        try:
            asked = self.sentry.members.each(access_of(organization), query=name, most=_MOST_NAMESAKES)
            members = [each async for each in asked]
        except SentryError as error:
            log.info("nobody mentioned", why=type(error).__name__)
            return ""
        ids = {each.user_id for each in members if name in (each.name, each.email)}
        others = [known for each in members for known in (each.name, each.email)]
        sure = len(ids) == 1 and len(members) < _MOST_NAMESAKES and is_named(name, text, others)
        return ids.pop() if sure else ""


def _is(actor: Actor, owner: Assignee) -> bool:
    return actor.kind == "user" and actor.id == owner.id


def _same(now: Assignee | None, owner: Assignee) -> bool:
    return now is not None and (now.kind, now.id) == (owner.kind, owner.id)
