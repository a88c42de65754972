"""Places in Teams and the people in them, as they stand in activities. The defaults are those of recorded payloads."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from sandbox.microsoft import APP_ID, TENANT_ID

SERVICE_URL = f"https://smba.trafficmanager.net/amer/{TENANT_ID}/"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Teams; `id` is per bot."""

    id: str = "29:1xXxFakeUserBase64IdStringForTeamsPlatformAbcDeFgHiJkLmNoPqRsTuVwXyZ012345ABCDEF"
    aad_object_id: str = "00000000-1111-2222-3333-444444444444"
    name: str = "Test User"


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot as the channel addresses it."""

    app_id: str = APP_ID
    name: str = "Chat SDK Demo"

    @property
    def id(self) -> str:
        """28: and the app id."""
        return f"28:{self.app_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What all places have in common."""

    tenant_id: str = TENANT_ID
    service_url: str = SERVICE_URL
    bot: Bot = field(default_factory=Bot)
    person: Person = field(default_factory=Person)

    @property
    def conversation_id(self) -> str:
        """Where a message of the bot goes that starts no thread."""
        raise AttributeError("a place of no kind has no conversation")

    def conversation(self, *, thread: str = "", named: bool = False) -> dict[str, Any]:
        """The activity's `conversation`; `thread` is the id of the message that a reply belongs to."""
        return {"tenantId": self.tenant_id, "id": self.conversation_id}

    def channel_data(self, *, named: bool = False) -> dict[str, Any]:
        """The activity's `channelData`; `named`: as in events, which carry names that messages lack."""
        return {"tenant": {"id": self.tenant_id}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Team(Where):
    """A team, with the channel that was chosen when the bot was added."""

    team_id: str = "19:8j-Mnacwmq2QFDbzykeQH5v55m6cN1X3QJ5viHvGIIQ1@thread.tacv2"
    name: str = "Acme Corp"
    aad_group_id: str = "22222222-3333-4444-5555-666666666666"
    channel_id: str = "19:d441d38c655c47a085215b2726e76927@thread.tacv2"
    channel_name: str = "Chat SDK"

    @property
    def conversation_id(self) -> str:
        """The chosen channel."""
        return self.channel_id

    def conversation(self, *, thread: str = "", named: bool = False) -> dict[str, Any]:
        """A channel of the team."""
        id_ = f"{self.channel_id};messageid={thread}" if thread else self.channel_id
        name = {"name": self.channel_name} if named else {}
        return {"isGroup": True, "conversationType": "channel", "tenantId": self.tenant_id, "id": id_, **name}

    def channel_data(self, *, named: bool = False) -> dict[str, Any]:
        """Messages carry the team's id only."""
        names = {"name": self.name, "aadGroupId": self.aad_group_id} if named else {}
        team, tenant = {"id": self.team_id, **names}, {"id": self.tenant_id}
        if named:
            return {"team": team, "tenant": tenant}
        ids = {"teamsChannelId": self.channel_id, "teamsTeamId": self.team_id}
        return {**ids, "channel": {"id": self.channel_id}, "team": team, "tenant": tenant}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalChat(Where):
    """Somebody's own chat with the bot."""

    id: str = "a:17NditBRO5pbPlIimLiU0g7vfMqIYTPwqILZJq-TOhzzKiAmv2i6Oerr-QPUpuznpKMZinowF80qU8SFPCsvZlg3EpJU8FYt3rO"

    @property
    def conversation_id(self) -> str:
        """The chat."""
        return self.id

    def conversation(self, *, thread: str = "", named: bool = False) -> dict[str, Any]:
        """Chats have no threads and no names here."""
        return {"conversationType": "personal", "tenantId": self.tenant_id, "id": self.id}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChat(Where):
    """A chat of several people; `topic` is empty unless somebody gave it one."""

    id: str = "19:8d1c0a5b2a6f4c5f9a1d2b3c4d5e6f70@thread.v2"
    topic: str = ""

    @property
    def conversation_id(self) -> str:
        """The chat."""
        return self.id

    def conversation(self, *, thread: str = "", named: bool = False) -> dict[str, Any]:
        """Chats have no threads."""
        name = {"name": self.topic} if self.topic else {}
        return {"isGroup": True, "conversationType": "groupChat", "tenantId": self.tenant_id, "id": self.id, **name}


def new_team(name: str = "Acme Corp", **fields: Any) -> Team:
    """A team with ids that no other has."""
    team, channel = (f"19:{uuid.uuid4().hex}@thread.tacv2" for _ in range(2))
    return Team(**{"team_id": team, "channel_id": channel, "aad_group_id": str(uuid.uuid4()), "name": name, **fields})


def new_personal_chat(**fields: Any) -> PersonalChat:
    """A personal chat with an id that no other has."""
    return PersonalChat(**{"id": f"a:1{uuid.uuid4().hex}{uuid.uuid4().hex}", **fields})


def new_group_chat(topic: str = "", **fields: Any) -> GroupChat:
    """A group chat with an id that no other has."""
    return GroupChat(**{"id": f"19:{uuid.uuid4().hex}@thread.v2", "topic": topic, **fields})
