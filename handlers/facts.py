"""What an activity from Teams says, as facts; pure functions over its JSON, whatever shape that has."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from adapter.activity import parse_timestamp
from adapter.gate import tenant_of
from model import Arrival, ConversationReference, Place, PlaceKind

Raw = dict[str, Any]
LONGEST_NAME = 500
LONGEST_ID = 1000
EMULATOR_TENANT = "emulator"


def arrival_of(raw: Raw, now: datetime) -> Arrival | None:
    """Return place, name, conversation and sender of an activity; None when it does not name a place.

    `conversation` is where a welcome belongs: the channel that Teams names, else the team's General channel (its id is
    the team's), else the chat itself (Microsoft docs, subscribe-to-conversation-events and bot-events).
    """
    place = place_of(raw)
    if place is None:
        return None
    conversation_id = raw["conversation"]["id"]
    if place.kind is PlaceKind.TEAM:
        conversation_id = text_at(channel_data(raw), "settings", "selectedChannel", "id") or place.place_id
    return Arrival(
        place=place,
        name=_name(raw, place.kind),
        conversation=ConversationReference(raw["serviceUrl"], conversation_id, place.tenant_id),
        user_id=text_at(raw, "from", "id"),
        at=parse_timestamp(raw.get("timestamp")) or now,
    )


def place_of(raw: Raw) -> Place | None:
    """Return the team, personal chat or group chat that an activity belongs to."""
    tenant = tenant_of(raw) or (EMULATOR_TENANT if raw.get("channelId") == "emulator" else None)
    kind = _kind(raw)
    place_id = (_team_id(raw) if kind is PlaceKind.TEAM else "") or raw["conversation"]["id"].partition(";")[0]
    # No id of Teams is that long; an index over such a one would refuse the row.
    return None if tenant is None or len(tenant) + len(place_id) > LONGEST_ID else Place(tenant, place_id, kind)


def _team_id(raw: Raw) -> str:
    data = channel_data(raw)
    return text_at(data, "team", "id") or text_at(data, "teamsTeamId")


def name_of(raw: Raw, place: Place) -> str | None:
    """Return what tells an activity from every other one; None when Teams gave it no id.

    Ids are told apart within a conversation, by type; the name has one length whatever they are.
    """
    if not text_at(raw, "id"):
        return None
    parts = (place.tenant_id, raw["conversation"]["id"], raw["type"], raw["id"])
    return blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def reply_to(raw: Raw, place: Place) -> ConversationReference:
    """Return where an answer to an activity belongs: its own conversation, in a channel its own thread."""
    return ConversationReference(raw["serviceUrl"], raw["conversation"]["id"], place.tenant_id)


def locale_of(raw: Raw) -> str:
    """Return the language of whom an activity is from, such as "de-DE"; "" when it does not say."""
    entities = raw.get("entities")
    infos = [each for each in entities if isinstance(each, dict)] if isinstance(entities, list) else []
    named = [text_at(each, "locale") for each in infos if each.get("type") == "clientInfo"]
    return text_at(raw, "locale") or next(iter(named), "")


def is_bot(member_id: object, raw: Raw, app_id: str | None) -> bool:
    """Say whether a member is this bot: the recipient, or "28:" and our app id (ids differ in case at times)."""
    known = {text_at(raw, "recipient", "id").lower(), f"28:{app_id}".lower() if app_id else ""} - {""}
    return isinstance(member_id, str) and member_id.lower() in known


def member_ids(raw: Raw, field: str) -> list[object]:
    """Return the ids in `membersAdded` or `membersRemoved`."""
    members = raw.get(field)
    return [member.get("id") for member in members or [] if isinstance(member, dict)]


def channel_data(raw: Raw) -> Raw:
    """Return channelData, empty when it is absent or no object."""
    data = raw.get("channelData")
    return data if isinstance(data, dict) else {}


def text_at(holder: Raw, *path: str) -> str:
    """Return the text at `path`, "" when anything on the way is missing or of another type."""
    value: Any = holder
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _kind(raw: Raw) -> PlaceKind:
    conversation = raw["conversation"]
    named = {"channel": PlaceKind.TEAM, "groupChat": PlaceKind.GROUP_CHAT, "personal": PlaceKind.PERSONAL}
    kind = named.get(text_at(conversation, "conversationType"))
    if kind is PlaceKind.TEAM or text_at(channel_data(raw), "team", "id"):
        return PlaceKind.TEAM
    # Meeting events and shapes of 2017 name no conversationType.
    return kind or (PlaceKind.GROUP_CHAT if conversation.get("isGroup") in {True, "True"} else PlaceKind.PERSONAL)


def _name(raw: Raw, kind: PlaceKind) -> str:
    if kind is PlaceKind.TEAM:
        return text_at(channel_data(raw), "team", "name")[:LONGEST_NAME]
    return text_at(raw, "conversation", "name")[:LONGEST_NAME] if kind is PlaceKind.GROUP_CHAT else ""
