"""Invokes and messages about issues: pressed buttons, searches, pasted links, and commands with something to name."""

from typing import Any

from cards import build_not_allowed_card, build_which_issue_card
from handlers import facts
from handlers.facts import Raw, text_at
from model import Place
from services.acting.acting import Outcome, Refused, Shown
from services.acting.feature import ActingFeature
from services.acting.people import Click, Person
from services.acting.wishes import is_issue_command
from texts import gettext as _
from texts import marked

CARD = "application/vnd.microsoft.card.adaptive"
_ERROR = "application/vnd.microsoft.error"
_OK, _BAD_REQUEST = 200, 400
_LONGEST = 500
_UNKNOWN = marked("I do not know yet who you are in Sentry. Send me “link” in our own chat, then press again.")


class Invokes:
    """Takes an activity's JSON, calls the one service, gives back the body or the card that answers it."""

    def __init__(self, feature: ActingFeature) -> None:
        self._feature = feature

    async def invoke(self, raw: Raw, place: Place, *, again: bool = False) -> dict[str, Any] | None:
        """Return the body that answers an invoke; None for one that is not about issues.

        again: Teams sends a click a second time, so that it is answered by how things stand now.
        """
        value, name = _mapping(raw.get("value")), raw.get("name")
        if name == "adaptiveCard/action":
            data = _texts(_mapping(value.get("action")).get("data"))
            return await self._pressed(raw, place, data, again=again) if is_issue_command(data) else None
        if name == "application/search":
            dataset, text = text_at(value, "dataset"), text_at(value, "queryText")
            return await self._feature.lookups.assignees(place, dataset, text[:_LONGEST])
        if name == "composeExtension/queryLink":
            return await self._feature.lookups.unfurl(place, person_of(raw, place), text_at(value, "url"))
        if name == "composeExtension/query":
            return await self._feature.lookups.search(place, _searched(value)[:_LONGEST])
        return None

    async def submitted(self, raw: Raw, place: Place) -> dict[str, Any] | None:
        """Carry out a button of a client that knows only Action.Submit; return a card to post where it was pressed.

        The outcome stands on the card itself, or in the person's own chat.
        """
        acting = self._feature.acting
        click = _click(raw, place, _texts(raw.get("value")))
        outcome = await acting.press(click)
        if isinstance(outcome, Refused):
            return build_not_allowed_card(outcome.text)
        if isinstance(outcome, Shown):
            if not outcome.changed:
                await acting.show(click, outcome)
            return None
        told = await acting.show_privately(click, outcome.card)
        return None if told else build_not_allowed_card(_(_UNKNOWN))

    async def said(self, text: str, raw: Raw, place: Place) -> dict[str, Any] | None:
        """Return the card that answers a command about issues or accounts; None when `text` is none of these."""
        word, _space, rest = text.strip().rstrip("!").partition(" ")
        person = person_of(raw, place)
        match word.lower(), rest.strip():
            case "issue", "":
                return build_which_issue_card(place.kind)
            case "issue", asked:
                return await self._feature.lookups.issue(place, asked[:_LONGEST])
            case "link", "":
                return await self._feature.accounts.link(place, person)
            case "unlink", "":
                return await self._feature.accounts.unlink(person)
            case "whoami", "":
                return await self._feature.accounts.whoami(place, person)
        return None

    async def _pressed(self, raw: Raw, place: Place, data: dict[str, str], *, again: bool) -> dict[str, Any]:
        if again:
            data = {**data, "command": "refresh"}
        return _answer(await self._feature.acting.press(_click(raw, place, data)))


def person_of(raw: Raw, place: Place) -> Person:
    """Return who an activity is from."""
    sender = (text_at(raw, "from", "id"), text_at(raw, "from", "aadObjectId"), text_at(raw, "from", "name"))
    return Person(place.tenant_id, *sender)


def _click(raw: Raw, place: Place, data: dict[str, str]) -> Click:
    return Click(place, facts.reply_to(raw, place), person_of(raw, place), data, text_at(raw, "replyToId"))


def _answer(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Refused):
        error = {"code": "BadRequest", "message": outcome.text}
        return {"statusCode": _BAD_REQUEST, "type": _ERROR, "value": error}
    return {"statusCode": _OK, "type": CARD, "value": outcome.card["attachments"][0]["content"]}


def _searched(value: Raw) -> str:
    """Return what was typed: the first parameter; Teams sends "initialRun" before anything is typed."""
    parameters = value.get("parameters")
    first = _mapping(parameters[0]) if isinstance(parameters, list) and parameters else {}
    return "" if first.get("name") == "initialRun" else text_at(first, "value")


def _texts(data: Any) -> dict[str, str]:
    return {name: value for name, value in _mapping(data).items() if isinstance(value, str)}


def _mapping(value: Any) -> Raw:
    return value if isinstance(value, dict) else {}
