"""What the services may ask of the alerts. Each method is one transaction in a worker thread of the store."""

from collections.abc import Callable, Sequence
from datetime import datetime

from alert_model import HealthFacts
from store import alert_health, inbox, issue_cards, listeners, organizations, replies, rules
from store.alert_facts import (
    AlertWork,
    Channel,
    ClaimedWebhook,
    Listener,
    NewSubscription,
    NewWebhook,
    Placed,
    RuleSeen,
    Signer,
    StoredCard,
    StoredOrganization,
    Subscription,
)
from store.delivery_facts import NewDelivery
from store.replies import Reply
from store.secrets import Cipher
from store.worker import ALONE, Worker


class AlertStore:
    """Webhooks, organizations, who listens, and cards. Any method may raise StoreUnavailable."""

    def __init__(self, writer: Worker, reader: Worker, cipher: Cipher) -> None:
        self._writer = writer
        self._reader = reader
        self._cipher = cipher

    async def signers(self) -> list[Signer]:
        """Return the secrets by which webhooks are verified; raises SecretUnreadable."""
        return await self._reader.run(lambda transaction: organizations.signers(transaction, self._cipher))

    async def has_secret(self, tenant_id: str, sentry_url: str, slug: str) -> bool:
        """Tell whether the secret that signs this organization's webhooks is known."""
        return await self._reader.run(
            lambda transaction: organizations.has_secret(transaction, tenant_id, sentry_url, slug)
        )

    async def organization(self, organization_id: int) -> StoredOrganization | None:
        """Return an organization with its token; None if nobody is connected to it; raises SecretUnreadable."""
        return await self._reader.run(
            lambda transaction: organizations.find(transaction, self._cipher, organization_id)
        )

    async def mark_broken(self, organization_id: int, now: datetime) -> bool:
        """Note that Sentry refuses the organization's token; False if that was known."""
        return await self._writer.run(
            lambda transaction: organizations.mark_broken(transaction, organization_id, now), "~~organization"
        )

    async def receive(self, new: NewWebhook) -> bool:
        """Store a webhook; False if it was stored before."""
        return await self._writer.run(lambda transaction: inbox.receive(transaction, new), f"~~~~{new.key}")

    async def learn(self, organization_id: int, uuid: str) -> None:
        """Note which installation an organization's webhooks name."""
        await self._writer.run(lambda transaction: inbox.learn(transaction, organization_id, uuid), "~~organization")

    async def claim(self, room: int) -> list[ClaimedWebhook]:
        """Claim up to `room` webhooks for as long as a lease lasts."""
        return await self._writer.run(lambda transaction: inbox.claim(transaction, room), ALONE)

    async def finish(self, webhook_id: int, why: str, *, failed: bool = False) -> None:
        """Note that a webhook is done, or given up."""
        outcome = inbox.Outcome.FAILED if failed else inbox.Outcome.DONE
        await self._writer.run(
            lambda transaction: inbox.finish(transaction, webhook_id, outcome, why), f"~~~~~{webhook_id:020}"
        )

    async def postpone(self, webhook_id: int, why: str, seconds: float) -> None:
        """Let a webhook be due again in some seconds."""
        await self._writer.run(
            lambda transaction: inbox.postpone(transaction, webhook_id, why, seconds), f"~~~~~{webhook_id:020}"
        )

    async def waiting(self) -> tuple[int, float]:
        """Return how many webhooks wait, and for how many seconds the oldest does."""
        return await self._reader.run(inbox.waiting)

    async def silence(self) -> float | None:
        """Return for how many seconds no webhook has come; None when none is remembered."""
        return await self._reader.run(inbox.silence)

    async def prune(self) -> bool:
        """Forget webhooks that are long done; returns whether there are more."""
        return await self._writer.run(inbox.prune, ALONE) >= inbox.AT_ONCE

    async def prune_cards(self, before: datetime) -> bool:
        """Forget cards that were opened before then; returns whether there are more."""
        deleted = await self._writer.run(lambda transaction: issue_cards.prune(transaction, before), ALONE)
        return deleted >= issue_cards.AT_ONCE

    async def health(self, installation_id: int) -> HealthFacts:
        """Return whether alerts get through to a place."""
        return await self._reader.run(lambda transaction: alert_health.of_installation(transaction, installation_id))

    async def listeners(self, organization_id: int) -> list[Listener]:
        """Return every place that is connected to an organization."""
        return await self._reader.run(lambda transaction: listeners.of_organization(transaction, organization_id))

    async def channel(self, installation_id: int, conversation_id: str, name: str = "") -> Channel:
        """Return a conversation of a place, known from now on; `name`: "" when that is not known."""
        return await self._writer.run(
            lambda transaction: listeners.channel(transaction, installation_id, conversation_id, name), ALONE
        )

    async def mute(self, installation_id: int, conversation_id: str, until: datetime | None) -> None:
        """Mute a conversation until then; None: no longer."""
        await self._writer.run(
            lambda transaction: listeners.mute(transaction, installation_id, conversation_id, until), ALONE
        )

    async def subscriptions(self, installation_id: int, conversation_id: str) -> list[Subscription]:
        """Return what a conversation has subscribed to, oldest first."""
        return await self._reader.run(lambda transaction: listeners.here(transaction, installation_id, conversation_id))

    async def subscribe(self, new: NewSubscription) -> None:
        """Subscribe a conversation; the same again changes nothing."""
        await self._writer.run(lambda transaction: listeners.subscribe(transaction, new), ALONE)

    async def unsubscribe(self, subscription_ids: Sequence[int]) -> None:
        """End subscriptions."""
        await self._writer.run(lambda transaction: listeners.unsubscribe(transaction, list(subscription_ids)), ALONE)

    async def see_rule(self, seen: RuleSeen, now: datetime) -> bool:
        """Note that a rule names a conversation; False if that is none of the organization's places."""
        return await self._writer.run(lambda transaction: rules.see(transaction, seen, now), ALONE)

    async def rules(self, installation_id: int, conversation_id: str) -> list[tuple[str, str, datetime]]:
        """Return title, address and last time of each rule in Sentry that posts into a conversation."""
        return await self._reader.run(lambda transaction: rules.here(transaction, installation_id, conversation_id))

    async def prune_rules(self, before: datetime) -> None:
        """Forget rules that have not fired since then."""
        await self._writer.run(lambda transaction: rules.prune(transaction, before), ALONE)

    async def cards(self, organization_id: int, issue_id: str, since: datetime) -> list[StoredCard]:
        """Return the issue's cards that were opened since then, newest first."""
        return await self._reader.run(
            lambda transaction: issue_cards.of_issue(transaction, organization_id, issue_id, since)
        )

    async def issues_with_cards(self, since: datetime) -> list[tuple[int, str]]:
        """Return organization and id of each issue that has a card which was opened since then."""
        return await self._reader.run(lambda transaction: issue_cards.issues(transaction, since))

    async def recent(
        self, organization_id: int, issue_id: str, spots: Sequence[tuple[int, str]], since: datetime
    ) -> int:
        """Return in how many of these (installation, conversation) the issue has a card that was opened since then."""
        return await self._reader.run(
            lambda transaction: issue_cards.recent(transaction, organization_id, issue_id, spots, since)
        )

    async def place(self, works: Sequence[AlertWork]) -> Placed:
        """Open cards, or count on those that were opened within `storm`, and note that the webhooks are done."""
        return await self._writer.run(lambda transaction: issue_cards.place(transaction, works), ALONE)

    async def change(
        self, cards: Sequence[tuple[int, Callable[[str], str]]], notice: str | None, now: datetime
    ) -> None:
        """Change the facts of cards, each by its function, in a worker thread."""
        await self._writer.run(lambda transaction: issue_cards.change(transaction, cards, notice, now), ALONE)

    async def stale(self, now: datetime, room: int) -> list[StoredCard]:
        """Return cards that stand in Teams as they no longer are."""
        return await self._reader.run(lambda transaction: issue_cards.stale(transaction, now, room))

    async def painted(self, card: StoredCard, mark: str, after: datetime, update: NewDelivery | None) -> None:
        """Deliver a card's new looks (None: they are the old ones); not to be painted again before `after`."""
        await self._writer.run(lambda transaction: issue_cards.painted(transaction, card, mark, after, update), ALONE)

    async def reply(self, reply: Reply) -> bool:
        """Post a comment's reply, or change the one that stands there; False while that one is still to be posted."""
        return await self._writer.run(lambda transaction: replies.place(transaction, reply), ALONE)
