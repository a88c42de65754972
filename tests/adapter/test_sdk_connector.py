"""What handlers do with the SDK's own means goes the same way out: one pool, one token, one policy of repeats."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from botbuilder.core import CardFactory, MessageFactory, TurnContext
from botbuilder.core.teams import TeamsInfo
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)

from adapter.clouds import CLOUDS
from adapter.errors import ConnectorError
from adapter.http import open_session
from adapter.sdk_connector import MOST_CLIENTS, PooledConnectorFactory
from adapter.transport import ConnectorTransport
from sandbox.faults import respond
from sandbox.microsoft import Microsoft
from sandbox.places import new_personal_chat
from sandbox.teams import message
from settings import ChannelService
from tests.adapter.serving import Doing, SmallBot, small_bot

HOST = "smba.trafficmanager.net"
MEMBER = "29:1-test-user"
Act = Callable[[TurnContext], Awaitable[object]]
CARD: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "hi"}]}


async def turn(values: dict[str, str], microsoft: Microsoft, act: Act, times: int = 1) -> list[int]:
    """Run turns of a bot that does `act`; return the statuses."""
    chat = new_personal_chat()
    async with small_bot(values, microsoft, Doing(act)) as bot:
        return [(await bot.teams.post(message(chat, "hi"))).status for _ in range(times)]


def texts(microsoft: Microsoft) -> list[str]:
    return [post.activity.get("text", "") for post in microsoft.connector.activities]


async def test_a_turn_sends_over_the_pool(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(context: TurnContext) -> None:
        await context.send_activity("one")
        await context.send_activities([MessageFactory.text("two"), MessageFactory.text("three")])

    assert await turn(values, microsoft, act, times=10) == [201] * 10
    assert texts(microsoft) == ["one", "two", "three"] * 10
    assert (microsoft.connections[HOST], microsoft.entra.token_requests) == (1, 1)
    assert all(len(post.headers["User-Agent"]) < 100 for post in microsoft.connector.activities)


async def test_a_turn_changes_and_deletes_what_it_sent(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(context: TurnContext) -> None:
        kept = await context.send_activity("kept")
        gone = await context.send_activity("gone")
        changed = MessageFactory.text("changed")
        changed.id = kept.id
        await context.update_activity(changed)
        await context.delete_activity(gone.id)

    assert await turn(values, microsoft, act) == [201]
    assert [post.method for post in microsoft.connector.activities] == ["POST", "POST", "PUT", "DELETE"]
    shown = microsoft.connector.shown(microsoft.connector.activities[0].conversation_id)
    assert [activity["text"] for activity in shown] == ["changed"]


async def test_a_turn_sends_a_card(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(context: TurnContext) -> None:
        await context.send_activity(MessageFactory.attachment(CardFactory.adaptive_card(CARD)))

    assert await turn(values, microsoft, act) == [201]
    assert microsoft.connector.activities[0].activity["attachments"][0]["content"] == CARD


async def test_an_answer_goes_into_its_thread(values: dict[str, str], microsoft: Microsoft) -> None:
    asked = message(new_personal_chat(), "hi")

    async def act(context: TurnContext) -> None:
        await context.send_activity("hello")

    async with small_bot(values, microsoft, Doing(act)) as bot:
        await bot.teams.post(asked)
    answer = microsoft.connector.activities[0]
    assert (answer.reply_to, answer.conversation_id) == (asked["id"], asked["conversation"]["id"])
    assert answer.activity["recipient"]["id"] == asked["from"]["id"]


async def test_a_turn_asks_for_a_member(values: dict[str, str], microsoft: Microsoft) -> None:
    names: list[str] = []

    async def act(context: TurnContext) -> None:
        names.append((await TeamsInfo.get_member(context, MEMBER)).name)
        names.extend(member.name for member in (await TeamsInfo.get_paged_members(context)).members)

    assert await turn(values, microsoft, act) == [201]
    assert names == ["Test User", "Test User"]
    assert microsoft.connections[HOST] == 1


async def test_a_turn_that_is_put_off_sends_once(values: dict[str, str], microsoft: Microsoft) -> None:
    async def act(context: TurnContext) -> None:
        await context.send_activity("hello")

    microsoft.connector.faults.add(respond(429, headers={"Retry-After": "0"}), times=2)
    assert await turn(values, microsoft, act) == [201]
    assert (texts(microsoft), microsoft.connector.requests.total()) == (["hello"], 3)


@pytest.mark.parametrize("status", [400, 403, 404, 500, 502])
async def test_a_handler_sees_our_error_whatever_the_body(
    values: dict[str, str], microsoft: Microsoft, status: int
) -> None:
    errors: list[ConnectorError] = []

    async def act(context: TurnContext) -> None:
        with pytest.raises(ConnectorError) as error:
            await context.send_activity("hello")
        errors.append(error.value)

    microsoft.connector.faults.add(respond(status, body="<html>", content_type="text/html"))
    assert await turn(values, microsoft, act) == [201]
    assert [error.status for error in errors] == [status]


async def test_a_member_who_is_not_there_is_our_error_too(values: dict[str, str], microsoft: Microsoft) -> None:
    errors: list[ConnectorError] = []

    async def act(context: TurnContext) -> None:
        with pytest.raises(ConnectorError) as error:
            await TeamsInfo.get_member(context, "29:nobody")
        errors.append(error.value)

    assert await turn(values, microsoft, act) == [201]
    assert [(error.status, error.code) for error in errors] == [(404, "MemberNotFoundInConversation")]


async def say_proactively(bot: SmallBot, microsoft: Microsoft, service_url: str) -> None:
    """Send a message into a stored conversation, by the SDK's own means."""
    reference = ConversationReference(
        channel_id="msteams", service_url=service_url, conversation=ConversationAccount(id="a:1chat")
    )

    async def act(context: TurnContext) -> None:
        await context.send_activity(Activity(type=ActivityTypes.message, text="by the way"))

    await bot.seam.adapter.continue_conversation(reference, act, microsoft.app_id)


async def nothing(_: TurnContext) -> None:
    """A handler that does nothing."""


async def test_a_stored_conversation_is_continued(values: dict[str, str], microsoft: Microsoft) -> None:
    async with small_bot(values, microsoft, Doing(nothing)) as bot:
        await say_proactively(bot, microsoft, microsoft.service_url)
    assert texts(microsoft) == ["by the way"]


@pytest.mark.parametrize("url", ["https://evil.example/", "", "https://api.botframework.com/"])
async def test_a_stored_conversation_elsewhere_is_not_continued(
    values: dict[str, str], microsoft: Microsoft, url: str
) -> None:
    async with small_bot(values, microsoft, Doing(nothing)) as bot:
        with pytest.raises(ConnectorError, match="ServiceUrlNotAllowed"):
            await say_proactively(bot, microsoft, url)
    assert (microsoft.proxy.refused, microsoft.bot_framework_api.requests, microsoft.entra.token_requests) == (
        {},
        {},
        0,
    )


async def test_a_conversation_is_created(values: dict[str, str], microsoft: Microsoft) -> None:
    contexts: list[str] = []

    async def act(context: TurnContext) -> None:
        contexts.append(context.activity.conversation.id)
        await context.send_activity("nice to meet you")

    parameters = ConversationParameters(
        is_group=False,
        bot=ChannelAccount(id=f"28:{microsoft.app_id}"),
        members=[ChannelAccount(id=f"29:1{uuid.uuid4().hex}")],
        tenant_id=microsoft.tenant_id,
    )
    async with small_bot(values, microsoft, Doing(nothing)) as bot:
        await bot.seam.adapter.create_conversation(
            microsoft.app_id, act, parameters, channel_id="msteams", service_url=microsoft.service_url
        )
    assert texts(microsoft) == ["nice to meet you"]
    assert contexts == [microsoft.connector.activities[0].conversation_id]


async def test_clients_are_kept_and_their_number_is_bounded() -> None:
    async with open_session(proxy_from_environment=False) as session:
        factory = PooledConnectorFactory(ConnectorTransport(session, None), CLOUDS[ChannelService.PUBLIC])
        urls = [f"https://{HOST}/{number}/" for number in range(MOST_CLIENTS + 1)]
        first, second, *_ = [await factory.create(url, "audience") for url in urls[:-1]]
        assert await factory.create(urls[0], "audience") is first
        await factory.create(urls[-1], "audience")
        assert await factory.create(urls[0], "audience") is first
        assert await factory.create(urls[1], "audience") is not second
