"""Places in Teams and the people in them, as they stand in activities. The defaults are those of recorded payloads."""

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, Self

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


@dataclass(frozen=True, kw_only=True)
class Where(ABC):
    """A place of any kind. `person` is who does things there."""

    tenant_id: str = TENANT_ID
    service_url: str = SERVICE_URL
    bot: Bot = field(default_factory=Bot)
    person: Person = field(default_factory=Person)

    def by(self, person: Person) -> Self:
        """The same place, with somebody else doing things."""
        return replace(self, person=person)

    @property
    @abstractmethod
    def conversation(self) -> dict[str, Any]:
        """The activity's `conversation`, without name and thread."""

    @property
    def conversation_id(self) -> str:
        """Where a message of the bot goes that starts no thread."""
        return str(self.conversation["id"])

    @property
    def conversation_name(self) -> str:
        """What events call the conversation; often nothing."""
        return ""

    @property
    def message_data(self) -> dict[str, Any]:
        """The `channelData` of messages."""
        return {"tenant": {"id": self.tenant_id}}

    @property
    def event_data(self) -> dict[str, Any]:
        """The `channelData` of events."""
        return {"tenant": {"id": self.tenant_id}}


@dataclass(frozen=True, kw_only=True)
class Team(Where):
    """A team, with the channel that was chosen when the bot was added."""

    team_id: str = "19:8j-Mnacwmq2QFDbzykeQH5v55m6cN1X3QJ5viHvGIIQ1@thread.tacv2"
    name: str = "Acme Corp"
    aad_group_id: str = "22222222-3333-4444-5555-666666666666"
    channel_id: str = "19:d441d38c655c47a085215b2726e76927@thread.tacv2"
    channel_name: str = "Chat SDK"

    @property
    def conversation(self) -> dict[str, Any]:
        """The chosen channel."""
        return {"isGroup": True, "conversationType": "channel", "tenantId": self.tenant_id, "id": self.channel_id}

    @property
    def conversation_name(self) -> str:
        """The chosen channel's name."""
        return self.channel_name

    @property
    def message_data(self) -> dict[str, Any]:
        """Messages carry the team's id, not its name."""
        ids = {"teamsChannelId": self.channel_id, "teamsTeamId": self.team_id}
        team, tenant = {"id": self.team_id}, {"id": self.tenant_id}
        return {**ids, "channel": {"id": self.channel_id}, "team": team, "tenant": tenant}

    @property
    def event_data(self) -> dict[str, Any]:
        """Events carry the team's name as well."""
        team = {"id": self.team_id, "name": self.name, "aadGroupId": self.aad_group_id}
        return {"team": team, "tenant": {"id": self.tenant_id}}


@dataclass(frozen=True, kw_only=True)
class PersonalChat(Where):
    """Somebody's own chat with the bot."""

    id: str = "a:17NditBRO5pbPlIimLiU0g7vfMqIYTPwqILZJq-TOhzzKiAmv2i6Oerr-QPUpuznpKMZinowF80qU8SFPCsvZlg3EpJU8FYt3rO"

    @property
    def conversation(self) -> dict[str, Any]:
        """The chat; isGroup is absent."""
        return {"conversationType": "personal", "tenantId": self.tenant_id, "id": self.id}


@dataclass(frozen=True, kw_only=True)
class GroupChat(Where):
    """A chat of several people; `topic` is empty unless somebody gave it one."""

    id: str = "19:8d1c0a5b2a6f4c5f9a1d2b3c4d5e6f70@thread.v2"
    topic: str = ""

    @property
    def conversation(self) -> dict[str, Any]:
        """The chat."""
        return {"isGroup": True, "conversationType": "groupChat", "tenantId": self.tenant_id, "id": self.id}

    @property
    def conversation_name(self) -> str:
        """The topic."""
        return self.topic


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


def new_person(name: str = "Another User") -> Person:
    """Somebody whom no other test knows."""
    return Person(f"29:1{uuid.uuid4().hex}{uuid.uuid4().hex}", str(uuid.uuid4()), name)
