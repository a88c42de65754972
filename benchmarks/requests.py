"""What the channel sends: installs, each of a place of its own, as bytes that are ready to go."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from benchmarks.remote import Cloud
from sandbox.activities import install_personal, install_team
from sandbox.places import new_personal_chat, new_team

REUSE = 50
"""Activities that come with the same token; Teams reuses its tokens as well."""
PERSONAL_EVERY = 5
TENANTS = 1009
PING = b"GET /nothing-here HTTP/1.1\r\nHost: bot\r\n\r\n"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Install:
    """One request, and the conversation that must get a card for it."""

    conversation: str
    request: bytes


async def installs(count: int, cloud: Cloud) -> list[Install]:
    """Return `count` installs that nobody has seen yet."""
    tokens = await cloud.sign(-(-count // REUSE))
    return [_install(number, tokens[number // REUSE]) for number in range(count)]


def _install(number: int, token: str) -> Install:
    # One tenant would be throttled: Teams takes 30 posts a second there.
    tenant = str(UUID(int=number % TENANTS + 1))
    if number % PERSONAL_EVERY == PERSONAL_EVERY - 1:
        chat = new_personal_chat(tenant_id=tenant)
        return Install(chat.id, request_of(install_personal(chat), token))
    team = new_team(tenant_id=tenant)
    return Install(team.channel_id, request_of(install_team(team), token))


def request_of(activity: dict[str, Any], token: str) -> bytes:
    """Return the request in which the channel sends an activity."""
    body = orjson.dumps(activity)
    head = (
        f"POST /api/messages HTTP/1.1\r\nHost: bot\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def length_of(head: bytes) -> int:
    """Return the length of the body that follows a response's head."""
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0
