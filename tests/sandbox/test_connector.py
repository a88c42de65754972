import asyncio
import time
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from sandbox.entra import GOVERNMENT
from sandbox.faults import accept_then_close, close, delay, garbage, hang, respond, trickle
from sandbox.limits import TeamsLimits
from sandbox.microsoft import Microsoft
from sandbox.tokens import new_key

CHANNEL = "19:d441d38c655c47a085215b2726e76927@thread.tacv2"
THREAD = f"{CHANNEL};messageid=1766459963017"
HELLO = {"type": "message", "text": "hello"}
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": []}
ADAPTIVE = "application/vnd.microsoft.card.adaptive"


class Bot:
    """A bot that sends with a good token unless told otherwise."""

    def __init__(self, ms: Microsoft, session: aiohttp.ClientSession) -> None:
        self.ms, self.session = ms, session

    async def call(
        self,
        method: str = "POST",
        path: str = f"/v3/conversations/{quote(CHANNEL, safe='')}/activities",
        body: object = HELLO,
        *,
        token: str | None = None,
        base: str = "https://smba.trafficmanager.net/amer",
        seconds: float = 5,
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.ms.entra.token() if token is None else token}"}
        limit = aiohttp.ClientTimeout(total=seconds)
        async with self.session.request(method, base + path, json=body, headers=headers, timeout=limit) as response:
            return response.status, await response.json(content_type=None)


@pytest.fixture
def bot(ms: Microsoft, session: aiohttp.ClientSession) -> Bot:
    return Bot(ms, session)


def activities(conversation: str = CHANNEL, activity: str = "") -> str:
    path = f"/v3/conversations/{quote(conversation, safe='')}/activities"
    return f"{path}/{activity}" if activity else path


async def test_what_is_sent_is_kept_in_order(ms: Microsoft, bot: Bot) -> None:
    status, first = await bot.call()
    base = f"https://smba.trafficmanager.net/amer/{ms.tenant_id}"
    _, second = await bot.call(path=activities(THREAD, "1766459963017"), base=base)
    kept = await ms.connector.arrived(2)
    assert status == 201
    assert [posted.activity_id for posted in kept] == [first["id"], second["id"]]
    assert [posted.conversation_id for posted in kept] == [CHANNEL, THREAD]
    assert [posted.reply_to for posted in kept] == [None, "1766459963017"]
    assert kept[0].activity == HELLO
    assert kept[1].service_url == ms.service_url


@pytest.mark.parametrize(
    "make_token",
    [
        lambda _: "",
        lambda _: "nonsense",
        lambda ms: ms.channel.token(),
        lambda ms: ms.entra.token(audience="https://graph.microsoft.com"),
        lambda ms: ms.entra.token(audience=GOVERNMENT),
        lambda ms: ms.entra.token(appid="00000000-0000-0000-0000-000000000000"),
        lambda ms: ms.entra.token(exp=int(time.time()) - 1),
        lambda ms: ms.entra.token(exp=None),
        lambda ms: ms.entra.token(key=new_key(ms.entra.key.kid)),
    ],
    ids=["none", "nonsense", "channel", "graph", "government", "other-app", "expired", "no-exp", "forged"],
)
async def test_a_bad_bearer_token_is_refused(ms: Microsoft, bot: Bot, make_token: Any) -> None:
    status, answer = await bot.call(token=make_token(ms))
    assert (status, answer) == (401, {"message": "Authorization has been denied for this request."})
    assert ms.connector.rejected.total() == 1
    assert not ms.connector.activities


async def test_a_token_that_was_good_is_refused_when_it_expires_or_its_key_goes(ms: Microsoft, bot: Bot) -> None:
    token = ms.entra.token()
    assert (await bot.call(token=token))[0] == 201
    ms.entra.clock = lambda: time.time() + 3600
    assert (await bot.call(token=token))[0] == 401
    ms.entra.clock = time.time
    assert (await bot.call(token=token))[0] == 201
    ms.entra.rotate()
    assert (await bot.call(token=token))[0] == 401


async def test_the_government_connector_wants_a_government_token(ms: Microsoft, bot: Bot) -> None:
    base = "https://smba.infra.gov.teams.microsoft.us/teams"
    assert (await bot.call(base=base))[0] == 401
    assert (await bot.call(base=base, token=ms.entra.token(audience=GOVERNMENT)))[0] == 201


@pytest.mark.parametrize(
    ("activity", "status", "code"),
    [
        ({"text": "no type"}, 400, "BadArgument"),
        ({"type": 5}, 400, "BadArgument"),
        ({"type": "message"}, 400, "BadArgument"),
        (["a list"], 400, "BadSyntax"),
        ({**HELLO, "attachments": {}}, 400, "BadArgument"),
        ({**HELLO, "attachments": [{"content": CARD}]}, 400, "BadArgument"),
        ({**HELLO, "attachments": [{"contentType": ADAPTIVE}]}, 400, "BadArgument"),
        ({**HELLO, "attachments": [{"contentType": ADAPTIVE, "content": {"type": "Card"}}]}, 400, "BadArgument"),
        ({**HELLO, "attachments": [{"contentType": ADAPTIVE, "content": {**CARD, "body": 1}}]}, 400, "BadArgument"),
        ({"type": "message", "text": "x" * 103000}, 413, "MessageSizeTooBig"),
    ],
)
async def test_what_is_no_activity_is_refused(bot: Bot, activity: object, status: int, code: str) -> None:
    answered, answer = await bot.call(body=activity)
    assert (answered, answer["error"]["code"]) == (status, code)
    assert not bot.ms.connector.activities


async def test_people_see_the_replaced_activity_and_not_the_deleted_one(ms: Microsoft, bot: Bot) -> None:
    _, first = await bot.call()
    _, second = await bot.call()
    assert (await bot.call("PUT", activities(activity=first["id"]), {**HELLO, "text": "changed"}))[0] == 200
    assert (await bot.call("DELETE", activities(activity=second["id"])))[0] == 200
    assert [shown["text"] for shown in ms.connector.shown(THREAD)] == ["changed"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_activity_that_is_not_there_cannot_be_changed(bot: Bot, method: str) -> None:
    _, posted = await bot.call()
    elsewhere = await bot.call(method, activities("19:other@thread.tacv2", posted["id"]))
    unknown = await bot.call(method, activities(activity="1"))
    await bot.call("DELETE", activities(activity=posted["id"]))
    deleted = await bot.call(method, activities(activity=posted["id"]))
    for status, answer in (elsewhere, unknown, deleted):
        assert (status, answer["error"]["code"]) == (404, "ActivityNotFoundInConversation")


async def test_conversations_are_created_as_teams_creates_them(ms: Microsoft, bot: Bot) -> None:
    thread = {"isGroup": True, "channelData": {"channel": {"id": CHANNEL}}, "activity": HELLO}
    status, created = await bot.call(path="/v3/conversations", body=thread)
    assert status == 201
    assert created["id"] == f"{CHANNEL};messageid={created['activityId']}"
    chat = {"members": [{"id": "29:1abc"}], "tenantId": ms.tenant_id}
    assert (await bot.call(path="/v3/conversations", body=chat)) == (
        await bot.call(path="/v3/conversations", body=chat)
    )
    for wrong in ({**thread, "activity": None}, {**chat, "members": []}, {**chat, "tenantId": ""}):
        status, answer = await bot.call(path="/v3/conversations", body=wrong)
        assert (status, answer["error"]["code"]) == (400, "BadSyntax")


async def test_members_are_told(ms: Microsoft, bot: Bot) -> None:
    path = f"/v3/conversations/{quote(CHANNEL, safe='')}"
    assert (await bot.call("GET", f"{path}/members"))[1] == ms.connector.members
    assert (await bot.call("GET", f"{path}/pagedmembers"))[1]["members"] == ms.connector.members
    assert (await bot.call("GET", f"{path}/members/29%3A1-test-user"))[1] == ms.connector.members[0]
    assert (await bot.call("GET", f"{path}/members/29%3Anobody"))[0] == 404
    assert ms.connector.requests["GET /v3/conversations/{conversation}/members/{member}"] == 2


@pytest.mark.parametrize(("fault", "kept"), [(close(), 0), (garbage(), 0), (accept_then_close(), 1)])
async def test_a_connection_breaks_before_or_after_the_activity_is_taken(bot: Bot, fault: Any, kept: int) -> None:
    bot.ms.connector.faults.add(fault)
    with pytest.raises(aiohttp.ClientError):
        await bot.call()
    assert len(bot.ms.connector.activities) == kept
    assert (await bot.call())[0] == 201


@pytest.mark.parametrize(("fault", "kept"), [(hang(), 0), (trickle(0.2), 1), (delay(0.4), 1)])
async def test_a_slow_connector_outlasts_an_impatient_bot(bot: Bot, fault: Any, kept: int) -> None:
    bot.ms.connector.faults.add(fault)
    with pytest.raises(TimeoutError):
        await bot.call(seconds=0.3)
    await asyncio.sleep(0.3)
    assert len(bot.ms.connector.activities) == kept


async def test_a_fault_waits_for_its_request(bot: Bot) -> None:
    bot.ms.connector.faults.add(respond(429, headers={"Retry-After": "1"}), path="19:throttled")
    assert (await bot.call())[0] == 201
    assert (await bot.call(path=activities("19:throttled@thread.tacv2")))[0] == 429
    assert bot.ms.connector.faults.played == 1


async def test_limits_are_enforced_when_asked_for(ms: Microsoft, bot: Bot) -> None:
    ms.connector.limits = TeamsLimits(clock=lambda: 0.0)
    statuses = [(await bot.call(path=activities(THREAD)))[0] for _ in range(8)]
    assert statuses == [201] * 7 + [429]
    assert (await bot.call(path=activities("19:other@thread.tacv2")))[0] == 201
    assert ms.connector.limits.violations == {"conversation": 1}
    assert len(ms.connector.activities) == 8
