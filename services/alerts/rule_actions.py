"""The bot as an action in Sentry's own rule editor: which places can be chosen, and whether one can be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from adapter.errors import ConnectorError
from cards import alert_rule_refused, alert_rule_saved, alert_rule_unknown
from model import ConversationReference, PlaceKind
from sentry_api import SentryError
from services.alerts.organizations import Organizations
from services.alerts.routing import PLACE, in_conversation
from services.alerts.signers import Refused, Signers, Verified
from store import AlertStore, Channel, Listener, Signer

log = structlog.get_logger(__name__)
MOST_CHOICES = 200
WITHIN = 4.0
"""Seconds for the look whether a place can be reached: a person waits in the rule editor."""


class Reach(Protocol):
    """The part of the connector that tells whether the bot may post somewhere."""

    async def reach(self, to: ConversationReference, *, within: float = ...) -> None:
        """Return if the bot is in the conversation; raises ConnectorError."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place as the picker shows it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Saved:
    """Whether the rule may be saved, and a sentence for whoever saves it."""

    is_good: bool
    message: str


class Unsigned(Exception):
    """The request was not signed by the integration's secret; the text is for the log."""


class RuleActions:
    """Answers the rule editor; every answer is about the one installation that asks."""

    def __init__(self, store: AlertStore, signers: Signers, organizations: Organizations, reach: Reach) -> None:
        self._store = store
        self._signers = signers
        self._organizations = organizations
        self._reach = reach

    async def choices(self, installation: str, signature: str | None, query: str) -> list[Choice]:
        """Return the conversations that a rule of this installation can name; raises Unsigned, StoreError.

        Sentry signs an empty body here: the signature is a constant, and proves no more than who asks.
        """
        found = await self._asking(b"", signature, installation)
        choices = [
            Choice(label_of(listener, channel), str(channel.id))
            for listener in found
            for channel in await self._channels(listener)
        ]
        wanted = query.strip().lower()
        return sorted(
            (choice for choice in choices if wanted in choice.label.lower()), key=lambda choice: choice.label.lower()
        )[:MOST_CHOICES]

    async def save(self, installation: str, signature: str | None, body: bytes, fields: Mapping[str, str]) -> Saved:
        """Check the place that a rule names; posts nothing. Raises Unsigned, StoreError."""
        for listener in await self._asking(body, signature, installation):
            for channel in await self._channels(listener):
                if str(channel.id) == fields.get(PLACE):
                    return await self._reached(listener, channel)
        return Saved(is_good=False, message=alert_rule_unknown())

    async def _reached(self, listener: Listener, channel: Channel) -> Saved:
        name, kind = _name(listener, channel), listener.place.kind
        try:
            await self._reach.reach(in_conversation(listener, channel.conversation_id), within=WITHIN)
        except ConnectorError as error:
            log.warning("a rule names a place that cannot be reached", channel=channel.id, error=str(error))
            return Saved(is_good=False, message=alert_rule_refused(name, _why(error), kind))
        return Saved(is_good=True, message=alert_rule_saved(name, kind))

    async def _asking(self, body: bytes, signature: str | None, installation: str) -> list[Listener]:
        found = await self._signers.verify(body, signature, installation)
        if isinstance(found, Refused):
            raise Unsigned(f"the signature fits none of {found.secrets} client secrets")
        listeners: list[Listener] = []
        for signer in found.signers:
            if await self._is_theirs(found, signer, installation):
                listeners += await self._store.listeners(signer.organization_id)
        return listeners

    async def _is_theirs(self, found: Verified, signer: Signer, installation: str) -> bool:
        if signer.integration_uuid == installation:
            return True
        organization = await self._organizations.find(signer.organization_id)
        try:
            theirs = found.sure or (
                organization is not None and await self._organizations.owns(organization, installation)
            )
        except SentryError as error:
            log.warning("Sentry does not tell whose installation it is", error=str(error))
            return False
        if theirs and installation:
            await self._store.learn(signer.organization_id, installation)
        return theirs

    async def _channels(self, listener: Listener) -> Sequence[Channel]:
        home = listener.conversation.conversation_id
        if any(channel.conversation_id == home for channel in listener.channels):
            return listener.channels
        return [await self._store.channel(listener.installation_id, home), *listener.channels]


def label_of(listener: Listener, channel: Channel) -> str:
    """Return how people know a conversation; never nothing, and one line."""
    if listener.place.kind is PlaceKind.PERSONAL:
        return f"Personal chat of {listener.connected_by or f'somebody ({channel.id})'}"
    if listener.place.kind is PlaceKind.GROUP_CHAT:
        return f"{listener.name or 'Group chat'} (group chat)"
    name = listener.name or "Team"
    if channel.conversation_id == listener.conversation.conversation_id:
        return f"{name}: {channel.name}" if channel.name else name
    return f"{name}: {channel.name or f'channel {channel.id}'}"


def _name(listener: Listener, channel: Channel) -> str:
    return listener.name if listener.place.kind is not PlaceKind.TEAM else label_of(listener, channel)


def _why(error: ConnectorError) -> str:
    if error.gone or not error.retryable:
        return "The bot was removed there, or may not post. Add it again, and save the rule then."
    return "Microsoft Teams does not answer just now. Save the rule again in a moment."
