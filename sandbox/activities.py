"""Activities as Teams sends them. Every builder returns plain JSON types; ids are new, times are now unless given."""

import datetime as dt
import time
import uuid
from typing import Any

from sandbox.places import GroupChat, Person, PersonalChat, Team, Where

Activity = dict[str, Any]


def stamp(at: dt.datetime | None = None) -> str:
    """A time as the channel writes it, to the millisecond."""
    moment = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _event(place: Where, type_: str, at: dt.datetime | None) -> Activity:
    """What events have in common: the conversation has its name in them, the sender has none."""
    name = {"name": place.conversation_name} if place.conversation_name else {}
    return {
        "type": type_,
        "timestamp": stamp(at),
        "id": f"f:{uuid.uuid4()}",
        "channelId": "msteams",
        "serviceUrl": place.service_url,
        "from": {"id": place.person.id, "aadObjectId": place.person.aad_object_id},
        "conversation": {**place.conversation, **name},
        "recipient": {"id": place.bot.id, "name": place.bot.name},
        "channelData": place.event_data,
    }


def _team_event(team: Team, event_type: str, at: dt.datetime | None) -> Activity:
    """An event of the team as a whole: its conversation is the team's General channel."""
    activity = _event(team, "conversationUpdate", at)
    activity["conversation"] = {**team.conversation, "id": team.team_id}
    activity["channelData"]["eventType"] = event_type
    return activity


def install_team(team: Team | None = None, *, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: the bot was added to a team."""
    team = team or Team()
    activity = _event(team, "conversationUpdate", at)
    activity["membersAdded"] = [{"id": team.bot.id}]
    activity["channelData"] |= {
        "eventType": "teamMemberAdded",
        "settings": {"selectedChannel": {"id": team.channel_id}},
    }
    return activity


def install_personal(
    chat: PersonalChat | None = None, *, at: dt.datetime | None = None, with_person: bool = False
) -> Activity:
    """conversationUpdate: the bot was added to somebody's own chat; `with_person`: both are told as added."""
    chat = chat or PersonalChat()
    activity = _event(chat, "conversationUpdate", at)
    person = {"id": chat.person.id, "aadObjectId": chat.person.aad_object_id}
    activity["membersAdded"] = [{"id": chat.bot.id}, *([person] if with_person else [])]
    return activity


def install_group_chat(chat: GroupChat | None = None, *, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: the bot was added to a group chat."""
    chat = chat or GroupChat()
    return {**_event(chat, "conversationUpdate", at), "membersAdded": [{"id": chat.bot.id}]}


def installation_update(place: Where, action: str = "add", *, at: dt.datetime | None = None) -> Activity:
    """installationUpdate: add, remove, add-upgrade or remove-upgrade."""
    activity = {**_event(place, "installationUpdate", at), "action": action, "locale": "en-US"}
    activity["entities"] = [{"locale": "en-US", "type": "clientInfo"}]
    activity["channelData"]["source"] = {"name": "message"}
    if isinstance(place, Team):
        activity["channelData"]["channel"] = {"id": place.channel_id}
        if action == "add":
            activity["channelData"]["settings"] = {"selectedChannel": {"id": place.channel_id}}
    return activity


def remove(place: Where, *, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: the bot was removed from a team or a group chat (a personal chat sends no such event)."""
    activity = _team_event(place, "teamMemberRemoved", at) if isinstance(place, Team) else None
    return {**(activity or _event(place, "conversationUpdate", at)), "membersRemoved": [{"id": place.bot.id}]}


def member_added(place: Where, member: Person, *, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: somebody else was added."""
    activity = _team_event(place, "teamMemberAdded", at) if isinstance(place, Team) else None
    added = [{"id": member.id, "aadObjectId": member.aad_object_id}]
    return {**(activity or _event(place, "conversationUpdate", at)), "membersAdded": added}


def team_renamed(team: Team, name: str, *, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: the team has a new name."""
    activity = _team_event(team, "teamRenamed", at)
    activity["channelData"]["team"]["name"] = name
    return activity


def team_deleted(team: Team, *, hard: bool = False, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: the team is gone; `hard`: for good."""
    return _team_event(team, "teamHardDeleted" if hard else "teamDeleted", at)


def channel_renamed(team: Team, channel_id: str, name: str, *, at: dt.datetime | None = None) -> Activity:
    """conversationUpdate: one of the team's channels has a new name."""
    activity = _team_event(team, "channelRenamed", at)
    activity["channelData"]["channel"] = {"id": channel_id, "name": name}
    return activity


def message(
    place: Where,
    text: str,
    *,
    mention: bool = False,
    thread: str = "",
    at: dt.datetime | None = None,
) -> Activity:
    """Somebody wrote `text`; `mention` puts the bot's mention before it; `thread` is the id of the thread's root."""
    person, id_ = place.person, str(time.time_ns() // 1_000_000)
    activity = {**_event(place, "message", at), "id": id_, "text": text, "textFormat": "plain"}
    activity["from"] = {"id": person.id, "name": person.name, "aadObjectId": person.aad_object_id}
    activity["conversation"] = {**place.conversation, "id": _in_thread(place, thread or id_)}
    activity["channelData"] = place.message_data
    activity["entities"] = [{"locale": "en-US", "country": "US", "platform": "Web", "type": "clientInfo"}]
    return _mentioning(activity, place, text) if mention else activity


def _in_thread(place: Where, root: str) -> str:
    return f"{place.channel_id};messageid={root}" if isinstance(place, Team) else place.conversation_id


def _mentioning(activity: Activity, place: Where, text: str) -> Activity:
    name = place.bot.name
    html = f'<p><span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="0">{name}</span>&nbsp;{text}</p>'
    entity = {"mentioned": {"id": place.bot.id, "name": name}, "text": f"<at>{name}</at>", "type": "mention"}
    activity["text"] = f"<at>{name}</at> {text}"
    activity["attachments"] = [{"contentType": "text/html", "content": html}]
    activity["entities"].insert(0, entity)
    return activity


def submit(place: Where, value: dict[str, Any], *, card_id: str = "", at: dt.datetime | None = None) -> Activity:
    """A message without text: somebody pressed an Action.Submit on the card `card_id`."""
    activity = message(place, "", thread=card_id, at=at)
    del activity["text"], activity["textFormat"]
    activity["channelData"] |= {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{uuid.uuid4().hex}"}}
    return {**activity, "id": f"f:{uuid.uuid4()}", "value": value, **({"replyToId": card_id} if card_id else {})}


def execute(
    place: Where, data: dict[str, Any], *, verb: str = "", card_id: str = "", at: dt.datetime | None = None
) -> Activity:
    """An invoke: somebody pressed an Action.Execute on the card `card_id`; the verb is optional on the wire."""
    action = {"type": "Action.Execute", "data": data, **({"verb": verb} if verb else {})}
    value = {"action": action, "trigger": "manual"}
    pressed = submit(place, value, card_id=card_id, at=at)
    return {**pressed, "type": "invoke", "name": "adaptiveCard/action", "locale": "en-US"}


def emulator_install(service_url: str) -> Activity:
    """The Emulator's only event: no tenant, no channelData."""
    bot = {"id": "92e19130-c37f-11e9-aaf4-234c3b063205", "name": "Bot"}
    return {
        "type": "conversationUpdate",
        "membersAdded": [bot, {"id": "57efe82e-483f-4ce5-aff3-09ac73c46472", "name": "User"}],
        "membersRemoved": [],
        "channelId": "emulator",
        "conversation": {"id": f"{uuid.uuid4()}|livechat"},
        "id": str(uuid.uuid4()),
        "timestamp": stamp(),
        "recipient": {**bot, "role": "bot"},
        "from": {"id": "57efe82e-483f-4ce5-aff3-09ac73c46472", "name": "User"},
        "locale": "en-US",
        "serviceUrl": service_url,
    }
