"""Activities from Teams: what happened, to whom it is told, what is answered."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import ChannelAccount
from botbuilder.schema.teams import ChannelInfo, TeamInfo

from adapter.mentions import mentions, text_without_mentions
from handlers import facts, turns
from handlers.facts import Raw, text_at
from handlers.invokes import CARD, Invokes
from handlers.languages import in_their_language
from model import Arrival, PlaceKind
from services.acting.wishes import is_issue_command
from services.answers import Answers
from services.commands import Command, Commands, read_command
from services.installations import Installations
from services.listening import Asked, Listening
from services.repeats import Repeats
from texts import gettext as _

REMEMBERED = frozenset({"message", "invoke"})
REPEATED = "repeated"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What an activity may be for."""

    installations: Installations
    commands: Commands
    answers: Answers
    repeats: Repeats
    invokes: Invokes
    listening: Listening


class TeamsBot(TeamsActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """Unwraps activities, calls one service, posts the answer.

    Reads the activity's JSON, not the SDK's models, which lose fields; never calls back to Teams for members.
    """

    def __init__(
        self,
        services: Services,
        app_id: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._installations = services.installations
        self._commands = services.commands
        self._answers = services.answers
        self._repeats = services.repeats
        self._invokes = services.invokes
        self._listening = services.listening
        self._app_id = app_id
        self._clock = clock

    @in_their_language
    async def on_turn(self, turn_context: TurnContext) -> None:
        """Run one turn."""
        raw = _raw(turn_context)
        place = facts.place_of(raw)
        event = text_at(facts.channel_data(raw), "eventType") or raw.get("action") or raw.get("name") or ""
        turns.describe(raw["type"], str(event), place.tenant_id if place else "", place.kind if place else "")
        if place is None:
            turns.conclude(turns.NO_PLACE)
            return
        name = facts.name_of(raw, place)
        if raw["type"] in REMEMBERED and name is not None:
            async with self._repeats.once(place, raw["serviceUrl"], name) as first:
                await self._run(turn_context, first=first)
        else:
            if raw["type"] not in {"installationUpdate", "conversationUpdate"}:
                await self._installations.seen(place, raw["serviceUrl"])
            await super().on_turn(turn_context)

    async def _run(self, turn_context: TurnContext, *, first: bool) -> None:
        if not first:
            turns.conclude(turns.REPEATED)
            if _raw(turn_context)["type"] != "invoke":
                return
            turn_context.turn_state[REPEATED] = True
        await super().on_turn(turn_context)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Dispatch as the SDK does, for every shape of channelData, and for added and removed members alike."""
        raw = _raw(turn_context)
        activity = turn_context.activity
        team = TeamInfo(id=text_at(facts.channel_data(raw), "team", "id")) if _in_team(raw) else None
        if activity.channel_id == "emulator" and activity.members_added:
            await self.on_members_added_activity(activity.members_added, turn_context)
        elif activity.members_added:
            await self.on_teams_members_added_dispatch(activity.members_added, team, turn_context)
        if activity.members_removed:
            await self.on_teams_members_removed_dispatch(activity.members_removed, team, turn_context)
        await self._on_named_event(text_at(facts.channel_data(raw), "eventType").lower(), team, turn_context)

    async def on_teams_members_added_dispatch(
        self, members_added: list[ChannelAccount], team_info: TeamInfo | None, turn_context: TurnContext
    ) -> None:
        """Pass on what the activity says; the SDK would ask Teams about each member, and fail with that call."""
        await self.on_teams_members_added(members_added, team_info, turn_context)

    async def on_teams_members_added(
        self,
        teams_members_added: list[ChannelAccount],
        team_info: TeamInfo | None,  # noqa: ARG002 - present in a team, absent in a chat; the place is read from the JSON
        turn_context: TurnContext,
    ) -> None:
        """Greet when the bot itself was added to a team, a group chat or a personal chat."""
        await self._members_added(teams_members_added, turn_context)

    async def on_members_added_activity(self, members_added: list[ChannelAccount], turn_context: TurnContext) -> None:
        """Greet in the Bot Framework Emulator, which knows no teams."""
        await self._members_added(members_added, turn_context)

    async def on_teams_members_removed_dispatch(
        self,
        members_removed: list[ChannelAccount],
        team_info: TeamInfo | None,  # noqa: ARG002 - the SDK's signature
        turn_context: TurnContext,
    ) -> None:
        """Forget the place when the bot itself was removed."""
        raw = _raw(turn_context)
        if any(facts.is_bot(member.id, raw, self._app_id) for member in members_removed):
            await self._leave(raw)

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """Greet; the other event of the same installation may have come already. An upgrade is no arrival."""
        raw = _raw(turn_context)
        if raw.get("action") == "add":
            await self._arrive(raw)

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """Forget the place; the only event of a removal that personal chats send."""
        await self._leave(_raw(turn_context))

    async def on_teams_team_deleted(self, team_info: TeamInfo, turn_context: TurnContext) -> None:  # noqa: ARG002
        """Forget a deleted team."""
        await self._leave(_raw(turn_context))

    async def on_teams_team_hard_deleted(self, team_info: TeamInfo, turn_context: TurnContext) -> None:  # noqa: ARG002
        """Forget a deleted team."""
        await self._leave(_raw(turn_context))

    async def on_teams_team_renamed(self, team_info: TeamInfo, turn_context: TurnContext) -> None:  # noqa: ARG002
        """Note the team's new name."""
        await self._rename(_raw(turn_context), text_at(facts.channel_data(_raw(turn_context)), "team", "name"))

    async def on_teams_channel_renamed(
        self,
        channel_info: ChannelInfo,  # noqa: ARG002 - the SDK's signature
        team_info: TeamInfo,  # noqa: ARG002 - the SDK's signature
        turn_context: TurnContext,
    ) -> None:
        """Note the name that the event gives for the channel's team."""
        await self._rename(_raw(turn_context), text_at(facts.channel_data(_raw(turn_context)), "team", "name"))

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer a command in a personal chat, or where the bot was mentioned; carry out a button's message."""
        raw = _raw(turn_context)
        at = self._arrival(raw)
        if at is None:
            return
        value = raw.get("value")
        if isinstance(value, dict) and value.get("command"):
            await self._pressed(value, at, raw)
            return
        bot_id = text_at(raw, "recipient", "id")
        if at.place.kind is not PlaceKind.PERSONAL and not mentions(raw, bot_id):
            return
        await self._said(text_without_mentions(raw, bot_id), at, raw)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse | None:
        """Carry out a button (Action.Execute) and return the card that takes the old one's place.

        None answers 501: an invoke that this bot does not know.
        """
        raw = _raw(turn_context)
        at = self._arrival(raw)
        if at is None:
            return None
        again = bool(turn_context.turn_state.get(REPEATED))
        body = await self._invokes.invoke(raw, at.place, again=again)
        if body is not None:
            return InvokeResponse(status=HTTPStatus.OK, body=body)
        if raw.get("name") != "adaptiveCard/action":
            return None
        value = raw.get("value")
        action = value.get("action") if isinstance(value, dict) else None
        data = action.get("data") if isinstance(action, dict) else None
        if not isinstance(data, dict) or not data.get("command"):
            return _invoke_error("BadRequest", _("This button carries nothing that I can act on."))
        # A click that Teams sends again is answered by how things stand now.
        card = await (self._commands.answer(Command.STATUS, at) if again else self._button(data, at, raw))
        shown = card["attachments"][0]["content"]
        return InvokeResponse(status=HTTPStatus.OK, body={"statusCode": 200, "type": CARD, "value": shown})

    async def _on_named_event(self, event: str, team: TeamInfo | None, turn_context: TurnContext) -> None:
        # Microsoft's pages spell some of these in lower case, its SDK compares exactly.
        if event == "teamdeleted":
            await self.on_teams_team_deleted(team, turn_context)
        elif event == "teamharddeleted":
            await self.on_teams_team_hard_deleted(team, turn_context)
        elif event == "teamrenamed":
            await self.on_teams_team_renamed(team, turn_context)
        elif event == "channelrenamed":
            await self.on_teams_channel_renamed(None, team, turn_context)
        elif isinstance(turn_context.activity.topic_name, str):
            await self._rename(_raw(turn_context), turn_context.activity.topic_name)

    async def _members_added(self, members: list[ChannelAccount], turn_context: TurnContext) -> None:
        raw = _raw(turn_context)
        if any(facts.is_bot(member.id, raw, self._app_id) for member in members):
            await self._arrive(raw)

    async def _arrive(self, raw: Raw) -> None:
        arrival = self._arrival(raw)
        if arrival is not None:
            await self._installations.arrive(arrival)

    async def _leave(self, raw: Raw) -> None:
        arrival = self._arrival(raw)
        if arrival is not None:
            await self._installations.leave(arrival.place, arrival.at, arrival.user_id)

    async def _rename(self, raw: Raw, name: str) -> None:
        place = facts.place_of(raw)
        if place is not None and name:
            await self._installations.rename(place, name[: facts.LONGEST_NAME])

    async def _said(self, text: str, at: Arrival, raw: Raw) -> None:
        card = await self._invokes.said(text, raw, at.place) or await self._listening.said(text, _asked(raw, at))
        if card is not None:
            await self._post(raw, at, card)
        else:
            await self._answer(raw, at, read_command(text))

    async def _pressed(self, data: dict[str, Any], at: Arrival, raw: Raw) -> None:
        if is_issue_command(data):
            card = await self._invokes.submitted(raw, at.place)
            if card is not None:
                await self._post(raw, at, card)
        elif "confirmed" in data:
            await self._post(raw, at, await self._button(data, at, raw))
        else:
            await self._said(str(data["command"]), at, raw)

    async def _button(self, data: dict[str, Any], at: Arrival, raw: Raw) -> dict[str, Any]:
        if data.get("command") == Command.DISCONNECT and "confirmed" in data:
            if data["confirmed"] is True:
                by = text_at(raw, "from", "name")
                return await self._commands.disconnect(at, by, data.get("connection"))
            return await self._commands.keep(at)
        return await self._commands.answer(read_command(str(data.get("command"))), at)

    async def _answer(self, raw: Raw, at: Arrival, command: Command | None) -> None:
        await self._post(raw, at, await self._commands.answer(command, at), command)

    async def _post(self, raw: Raw, at: Arrival, card: dict[str, Any], command: Command | None = None) -> None:
        asked = facts.name_of(raw, at.place) or secrets.token_hex(16)
        await self._answers.post(facts.reply_to(raw, at.place), card, at, command, asked)

    def _arrival(self, raw: Raw) -> Arrival | None:
        return facts.arrival_of(raw, self._clock())


def _raw(turn_context: TurnContext) -> Raw:
    raw: Raw = turn_context.activity.raw
    return raw


def _asked(raw: Raw, at: Arrival) -> Asked:
    """Return who asked, and in which conversation of the place: a thread belongs to its channel."""
    conversation = text_at(raw, "conversation", "id").partition(";")[0]
    channel = text_at(facts.channel_data(raw), "channel", "name")[: facts.LONGEST_NAME]
    return Asked(at, conversation, channel, text_at(raw, "from", "name")[: facts.LONGEST_NAME])


def _in_team(raw: Raw) -> bool:
    return bool(text_at(facts.channel_data(raw), "team", "id"))


def _invoke_error(code: str, message: str) -> InvokeResponse:
    """Return an answer that Teams shows under the card (Adaptive Cards, "Universal Actions": error responses)."""
    body = {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": {"code": code, "message": message}}
    return InvokeResponse(status=HTTPStatus.OK, body=body)
