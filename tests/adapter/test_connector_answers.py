"""What the connector answers, and where nothing is sent."""

import asyncio
from datetime import UTC, datetime

import orjson
import pytest

from adapter.seam import Seam
from adapter.transport import error_of
from model import ConversationReference
from sandbox.faults import Fault, respond
from sandbox.microsoft import Microsoft
from tests.adapter.posting import AT_ONCE, HELLO, calls, failure

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


BODIES: dict[str, tuple[Fault, tuple[int | None, str, str]]] = {
    "its own error": (
        respond(403, json={"error": {"code": "BotDisabledByAdmin", "message": "The tenant admin disabled this bot"}}),
        (403, "BotDisabledByAdmin", "The tenant admin disabled this bot"),
    ),
    "a message": (respond(403, json={"message": "Authorization denied"}), (403, "", "Authorization denied")),
    "HTML": (respond(502, body="<html>Bad Gateway</html>", content_type="text/html"), (502, "", "")),
    "nothing": (respond(404), (404, "", "")),
    "null": (respond(400, body="null"), (400, "", "")),
    "a list": (respond(400, json=[1]), (400, "", "")),
    "an error that is a text": (respond(400, json={"error": "no"}), (400, "", "")),
    "an error without fields": (respond(400, json={"error": {"code": None}}), (400, "", "")),
    "half of a letter": (respond(500, body=b'{"error": "\xff'), (500, "", "")),
    "far too much": (respond(400, body=b" " * (4 * 1024 * 1024 + 1)), (None, "TooLong", "")),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
async def test_an_error_keeps_its_status_whatever_its_body(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, name: str
) -> None:
    fault, (status, code, message) = BODIES[name]
    microsoft.connector.faults.add(fault)
    error = await failure(seam.connector.send(chat, HELLO))
    assert (error.status, error.code) == (status, code)
    assert error.message.startswith(message)
    assert str(error)


@pytest.mark.parametrize(
    ("status", "code", "gone"),
    [
        (403, "BotNotInConversationRoster", True),
        (404, "ConversationNotFound", True),
        (404, "", True),
        (404, "ActivityNotFoundInConversation", False),
        (413, "MessageSizeTooBig", False),
        (403, "", False),
    ],
)
def test_whether_a_place_is_gone(status: int, code: str, gone: bool) -> None:
    body = orjson.dumps({"error": {"code": code}}) if code else b""
    assert error_of(status, {}, body, NOW).gone is gone


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"id": null}'])
async def test_success_without_an_id_is_success(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, body: str
) -> None:
    microsoft.connector.faults.add(respond(200, body=body))
    assert await seam.connector.send(chat, HELLO) == ""


async def test_a_token_that_the_connector_takes_no_more_is_renewed_once(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    await seam.connector.send(chat, HELLO)
    microsoft.entra.rotate()
    assert await seam.connector.send(chat, HELLO)
    assert microsoft.entra.token_requests == 2
    assert microsoft.connector.rejected.total() == 1


async def test_a_token_is_renewed_in_the_middle_of_repeats(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    await seam.connector.send(chat, HELLO)
    microsoft.connector.faults.add(respond(503, headers=AT_ONCE))
    microsoft.connector.faults.add(respond(401))
    assert await seam.connector.send(chat, HELLO)
    assert microsoft.entra.token_requests == 2


@pytest.mark.parametrize("repeat", [True, False])
async def test_a_connector_that_takes_no_token_at_all_is_asked_twice(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, repeat: bool
) -> None:
    microsoft.connector.faults.add(respond(401), times=None)
    error = await failure(seam.connector.send(chat, HELLO, repeat=repeat))
    assert (error.status, error.retryable, calls(microsoft), microsoft.entra.token_requests) == (401, True, 2, 2)


async def test_many_who_are_refused_at_once_share_the_new_token(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft
) -> None:
    await seam.connector.send(chat, HELLO)
    microsoft.entra.rotate()
    await asyncio.gather(*(seam.connector.send(chat, HELLO) for _ in range(10)))
    assert microsoft.entra.token_requests == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_followed_elsewhere(
    seam: Seam, chat: ConversationReference, microsoft: Microsoft, status: int
) -> None:
    microsoft.connector.faults.add(respond(status, headers={"Location": "https://evil.example/"}))
    assert (await failure(seam.connector.send(chat, HELLO))).status == status
    assert (microsoft.proxy.refused, calls(microsoft)) == ({}, 1)


STRANGERS = (
    "https://evil.example/",
    "http://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://smba.infra.gov.teams.microsoft.us/",
    "https://api.botframework.com/",
    "",
)


@pytest.mark.parametrize("url", STRANGERS)
async def test_a_stored_address_is_checked_again(seam: Seam, microsoft: Microsoft, url: str) -> None:
    to = ConversationReference(url, "a:1chat", microsoft.tenant_id)
    connector = seam.connector
    for way in (connector.send(to, HELLO), connector.reply(to, "1", HELLO), connector.update(to, "1", HELLO)):
        error = await failure(way)
        assert (error.code, error.retryable) == ("ServiceUrlNotAllowed", False)
    assert (microsoft.connections, microsoft.proxy.refused, microsoft.entra.token_requests) == ({}, {}, 0)
