"""The commands by which a conversation says what it wants to hear: subscribe, unsubscribe, mute and the like."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cards import (
    build_muted_card,
    build_not_allowed_card,
    build_sample_card,
    build_status_card,
    build_subscribed_card,
    build_subscriptions_card,
    build_unsubscribed_card,
)
from issue_model import AlertRule
from model import Arrival, Connection, Installation, Place
from services.alerts.wanted import NotUnderstood, Wanted, read, understood, written
from store import NewSubscription, Store, Subscription
from texts import gettext as _

_SPAN = re.compile(r"(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE | re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST_MUTE = timedelta(days=30)
_MUTE = timedelta(hours=1)
_EVERYTHING = AlertRule(name="all that name no place")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who said something where: the place, the conversation in it with its name ("" when not known), the person."""

    at: Arrival
    conversation_id: str
    channel: str
    by: str

    @property
    def place(self) -> Place:
        """The place that the bot was added to."""
        return self.at.place


class Listening:
    """Answers the commands; `said` returns a card, None for what is none of them."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def said(self, text: str, asked: Asked) -> dict[str, Any] | None:
        """Return the card that answers a command; None when `text` is none of these commands."""
        words = text.split()
        answers: dict[str, Callable[[Asked, Sequence[str]], Any]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "subscriptions": self._subscriptions,
            "mute": self._mute,
            "unmute": self._unmute,
            "test": self._test,
        }
        answer = answers.get(words[0].lower().rstrip(".!?")) if words else None
        if answer is None:
            return None
        try:
            card: dict[str, Any] = await answer(asked, words[1:])
        except NotUnderstood as error:
            return build_not_allowed_card(str(error))
        return card

    async def _subscribe(self, asked: Asked, words: Sequence[str]) -> dict[str, Any]:
        wanted, organization = understood(words)
        installation = await self._store.find(asked.place)
        if installation is None or not installation.connections:
            return build_status_card(asked.at.name, None, asked.place.kind)
        chosen = _chosen(installation.connections, organization)
        await self._store.alerts.channel(installation.id, asked.conversation_id, asked.channel)
        for connection in chosen:
            await self._store.alerts.subscribe(
                NewSubscription(connection.id, asked.conversation_id, written(wanted), asked.at.user_id, self._clock())
            )
        if len(chosen) > 1:
            return await self._listed(asked, installation)
        return build_subscribed_card(wanted.facts(chosen[0].organization_name), _name(asked), asked.place.kind)

    async def _unsubscribe(self, asked: Asked, words: Sequence[str]) -> dict[str, Any]:
        installation = await self._store.find(asked.place)
        known = await self._here(installation, asked)
        numbers = {number for word in words if (number := word.lstrip("#")).isdecimal() and len(number) < 4}  # noqa: PLR2004
        if not words and len(known) > 1 and installation is not None:
            return await self._listed(asked, installation)
        everything = not words or words[0].lower() == "all"
        ended = [each for at, each in enumerate(known, start=1) if everything or str(at) in numbers]
        await self._store.alerts.unsubscribe([each.id for each in ended])
        shown = [_wanted(each).facts(_organization(installation, each)) for each in ended]
        return build_unsubscribed_card(shown, len(known) - len(ended), asked.place.kind)

    async def _subscriptions(self, asked: Asked, _words: Sequence[str]) -> dict[str, Any]:
        installation = await self._store.find(asked.place)
        if installation is None or not installation.connections:
            return build_status_card(asked.at.name, None, asked.place.kind)
        return await self._listed(asked, installation)

    async def _mute(self, asked: Asked, words: Sequence[str]) -> dict[str, Any]:
        span = _span(" ".join(words)) if words else _MUTE
        until = self._clock() + span
        await self._set_mute(asked, until)
        return build_muted_card(until, asked.by, asked.place.kind)

    async def _unmute(self, asked: Asked, _words: Sequence[str]) -> dict[str, Any]:
        await self._set_mute(asked, None)
        return build_muted_card(None, asked.by, asked.place.kind)

    async def _set_mute(self, asked: Asked, until: datetime | None) -> None:
        installation = await self._store.find(asked.place)
        if installation is not None:
            await self._store.alerts.mute(installation.id, asked.conversation_id, until)

    async def _test(self, _asked: Asked, _words: Sequence[str]) -> dict[str, Any]:
        return build_sample_card(self._clock())

    async def _here(self, installation: Installation | None, asked: Asked) -> list[Subscription]:
        if installation is None:
            return []
        return await self._store.alerts.subscriptions(installation.id, asked.conversation_id)

    async def _listed(self, asked: Asked, installation: Installation) -> dict[str, Any]:
        known = await self._here(installation, asked)
        channel = await self._store.alerts.channel(installation.id, asked.conversation_id, asked.channel)
        muted = channel.muted_until if channel.muted_until and channel.muted_until > self._clock() else None
        return build_subscriptions_card(
            _name(asked),
            [_wanted(each).facts(_organization(installation, each)) for each in known],
            asked.place.kind,
            rules=await self._rules(installation, asked),
            muted_until=muted,
        )

    async def _rules(self, installation: Installation, asked: Asked) -> list[AlertRule]:
        known = await self._store.alerts.rules(installation.id, asked.conversation_id)
        named = [AlertRule(name=title, url=url, fired_at=last) for title, url, last in known]
        return [_EVERYTHING, *named] if await self._hears_everything(installation, asked) else named

    async def _hears_everything(self, installation: Installation, asked: Asked) -> bool:
        """Tell whether rules that name no place post here: nobody in the place has said what is wanted instead."""
        if installation.conversation.conversation_id != asked.conversation_id:
            return False
        for connection in installation.connections:
            listeners = await self._store.alerts.listeners(connection.organization_id)
            if any(each.installation_id == installation.id and not each.subscriptions for each in listeners):
                return True
        return False


def _chosen(connections: Sequence[Connection], organization: str) -> list[Connection]:
    found = [each for each in connections if organization in {"", each.organization_slug}]
    if not found:
        names = ", ".join(each.organization_slug for each in connections)
        raise NotUnderstood(
            _("The organization “{organization}” is not connected here; connected: {names}.").format(
                organization=organization[:60], names=names
            )
        )
    return found


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text.strip().removeprefix("for "))
    if found is None or int(found[1]) == 0:
        raise NotUnderstood(
            _("I do not understand “{text}”. Write for example: {examples}").format(
                text=text[:40], examples="mute 30m, mute 2h, mute 1d"
            )
        )
    return min(int(found[1]) * _UNITS[found[2][0].lower()], _LONGEST_MUTE)


def _wanted(subscription: Subscription) -> Wanted:
    try:
        return read(subscription.wanted)
    except ValueError:
        return Wanted()


def _organization(installation: Installation | None, subscription: Subscription) -> str:
    connections = installation.connections if installation else ()
    return next((each.organization_name for each in connections if each.id == subscription.connection_id), "")


def _name(asked: Asked) -> str:
    return asked.channel or asked.at.name
