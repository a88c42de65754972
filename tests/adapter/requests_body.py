"""Requests from the channel whose bodies are odd or hostile."""

import gzip
from collections.abc import Iterator
from typing import Any

from tests.adapter.draft import Change, Draft, body, service_url, text_of, value
from tests.adapter.request_row import Row, row

TENANT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
ABSENT = ...


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """Return JSON that is nested so deep."""
    return opening * depth + closing * depth


def with_first(data: bytes) -> bytes:
    """Return an object's JSON with something before its other members."""
    return b"{" + data + b","


def value_nested(depth: int) -> Change:
    """A value in the activity, so deep that the deepest has that many levels above it."""
    return text_of(lambda data: data.replace(b"{", with_first(b'"value":' + nested(depth)), 1))


def evil_first(draft: Draft) -> None:
    """Two service URLs, of which the last counts, for the check and for the answer."""
    text_of(lambda data: data.replace(b"{", with_first(b'"serviceUrl":"https://evil.example/"'), 1))(draft)


def evil_last(draft: Draft) -> None:
    """The other way round."""
    text_of(lambda data: data[:-1] + b',"serviceUrl":"https://evil.example/"}')(draft)


def wrong(path: str, reason: str, *values: Any) -> Iterator[Row]:
    """Yield a row for each value that does not belong at `path`."""
    for new in values:
        yield row(f"{'nothing' if new is ABSENT else repr(new)} as {path}", 400, reason, value(path, new))


def without_tenant(*channel_data: Any) -> Iterator[Row]:
    """Yield a row for each channelData that names no tenant, where the conversation names none either."""
    for data in channel_data:
        absent = value("conversation.tenantId", ABSENT)
        yield row(f"{data!r} as the only place of a tenant", 403, "tenant", value("channelData", data), absent)


JSON = (
    *(
        row(f"the body {data[:24]!r}", 400, "body_not_json", body(data))
        for data in (
            b"",
            b" ",
            b"garbage",
            b"{",
            b"{}x",
            b"{'type':'message'}",
            b'{"type":"message",}',
            b"\x00",
            b"\xff\xfe\xfd",
            b"type=message&text=hi",
            b"<activity/>",
            b'{"type": NaN}',
            b'{"value": Infinity}',
            b'{"value": -Infinity}',
            b'{"value": 1e999}',
            b'{"value": 01}',
            b'{"value": 0x10}',
            b'{"text": "\\ud800"}',
            b'{"text": "\\udc00\\ud800"}',
            b'{"text": "\xed\xa0\x80"}',
            b'{"text": "\xc0\xae"}',
            b'{"text": "\\x41"}',
            b'{"text": "a\nb"}',
            b'/* */ {"type": "message"}',
        )
    ),
    row("a byte order mark", 400, "body_not_json", text_of(lambda data: b"\xef\xbb\xbf" + data)),
    row("UTF-16", 400, "body_not_json", text_of(lambda data: data.decode().encode("utf-16"))),
    row("UTF-32", 400, "body_not_json", text_of(lambda data: data.decode().encode("utf-32"))),
    row("gzip under no name", 400, "body_not_json", text_of(gzip.compress)),
    row("two activities", 400, "body_not_json", text_of(lambda data: data + data)),
    row("100,000 opening brackets", 400, "body_not_json", body(b"[" * 100_000)),
    row("nested 100,000 deep", 400, "body_not_json", body(nested(100_000))),
    row("objects nested 20,000 deep", 400, "body_not_json", body(nested(20_000, b'{"a":', b"}"))),
    *(
        row(f"the body {data!r}", 400, "body_not_an_object", body(data))
        for data in (b"null", b"[]", b'"x"', b"5", b"true", b"[{}]")
    ),
    row("a list nested 900 deep", 400, "body_not_an_object", body(nested(900))),
    row("a value nested 900 deep", 400, "body_too_deep", value_nested(900)),
    row("a value nested 64 deep", 400, "body_too_deep", value_nested(64)),
    row("a value nested 63 deep", 201, "", value_nested(63)),
    row("10,000 brackets side by side", 201, "", value("value", [[]] * 10_000)),
    row(
        "a number of 300 digits", 201, "", text_of(lambda data: data.replace(b"{", with_first(b'"x":' + b"9" * 300), 1))
    ),
    row("a service URL before the good one", 201, "", evil_first),
    row("a service URL after the good one", 403, "service_url", evil_last),
    row("white space around it", 201, "", text_of(lambda data: b"\r\n\t " + data + b"\n")),
)
MISSING = (
    row("an empty object", 400, "field_missing", body(b"{}")),
    row("an activity in a list", 400, "body_not_an_object", text_of(lambda data: b"[" + data + b"]")),
    *wrong("type", "field_missing", ABSENT, None, "", 5, [], {}, False),
    *wrong("serviceUrl", "field_missing", ABSENT, None, "", 5, [], {}, False),
    *wrong("conversation", "field_missing", ABSENT, None, "", 5, [], {}, False),
    *wrong("conversation.id", "field_missing", ABSENT, None, "", 5, [], {}, False),
)
KINDS = (
    *wrong("id", "field_type", 5, {"a": 1}),
    *wrong("text", "field_type", 5, {"a": 1}, ["hi"]),
    *wrong("textFormat", "field_type", 5, {"a": 1}),
    *wrong("name", "field_type", 5, {"a": 1}),
    *wrong("action", "field_type", 5, {"a": 1}, ["add"]),
    *wrong("locale", "field_type", 5, {"a": 1}),
    *wrong("localTimezone", "field_type", 5, {"a": 1}),
    *wrong("replyToId", "field_type", 5, {"a": 1}),
    *wrong("timestamp", "field_type", 5, 1e300, {"a": 1}),
    *wrong("topicName", "field_type", 5, {"a": 1}),
    *wrong("deliveryMode", "field_type", 5, {"a": 1}),
    *wrong("channelId", "field_type", 5, ["msteams"], True),
    *wrong("from", "field_type", "x", [], 5),
    *wrong("from.id", "field_type", 5, {}, ["29:1"]),
    *wrong("recipient", "field_type", "x", [], 5),
    *wrong("recipient.id", "field_type", 28),
    *wrong("membersAdded", "field_type", "x", {"id": "28:x"}),
    *wrong("membersRemoved", "field_type", "x", {"id": "28:x"}),
    *wrong("entities", "field_type", "x", {"type": "mention"}),
    *wrong("attachments", "field_type", "x", {"contentType": "text/html"}),
    *wrong("reactionsAdded", "field_type", "x", {"type": "like"}),
    *wrong("reactionsRemoved", "field_type", "x", {"type": "like"}),
    *wrong("conversation.isGroup", "field_type", 1, [], {"a": 1}),
    *wrong("conversation.tenantId", "field_type", 1, [], {"a": 1}),
    *wrong("conversation.conversationType", "field_type", 1, ["personal"]),
    *wrong("from.name", "field_type", 1, ["x"]),
    row("a NUL in the conversation's id", 400, "nul_character", value("conversation.id", "a:1\0")),
    row("a NUL in the channel's data", 400, "nul_character", value("channelData.team", {"id": "19:\0"})),
    row("a conversation's id of 1,000 letters", 400, "field_too_long", value("conversation.id", "a" * 1000)),
)
ODD = (
    row("members of every kind", 201, "", value("membersRemoved", [None, 5, "x", [], {}, {"id": None}, {"id": 5}])),
    row(
        "entities of every kind",
        201,
        "",
        value("entities", [None, 5, {}, {"type": 5}, {"type": "mention", "mentioned": 5}]),
    ),
    row("attachments of every kind", 201, "", value("attachments", [None, "x", {}, {"content": 5, "contentType": []}])),
    row("reactions of every kind", 201, "", value("reactionsAdded", [None, 5, {}, {"type": {}}])),
    *(
        row(f"the time {text!r}", 201, "", value("timestamp", text))
        for text in ("yesterday", "", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z")
    ),
    row("a type that nobody knows", 201, "", value("type", "fileUpload/exotic")),
    row("a type that is a command", 201, "", value("type", "__class__")),
    row("keys that nobody knows", 201, "", value("__proto__", {"admin": True}), value("$ref", "#")),
    row("an invoke that nobody knows", 501, "", value("type", "invoke"), value("name", "nobody/knows")),
    row("replies in the answer", 200, "", value("deliveryMode", "expectReplies")),
    row("a skill's relation", 201, "", value("relatesTo", {"serviceUrl": "https://evil.example/"})),
    row("somebody's caller id", 201, "", value("callerId", "urn:botframework:aadappid:99999999")),
    row("100 kB of text", 201, "", value("text", "ä" * 50_000)),
)
TENANTS = (
    row("a foreign tenant", 403, "tenant", value("conversation.tenantId", "99999999-e5f6-7890-abcd-ef1234567890")),
    row("a tenant with a space", 403, "tenant", value("conversation.tenantId", TENANT + " ")),
    row("a pattern for a tenant", 403, "tenant", value("conversation.tenantId", "*")),
    *without_tenant(None, {}, [], "x", 5, {"tenant": []}, {"tenant": {"id": 5}}, {"tenant": {"id": ""}}),
    row(
        "a foreign tenant in the older place",
        403,
        "tenant",
        value("conversation.tenantId", ABSENT),
        value("channelData.tenant.id", "99999999-e5f6-7890-abcd-ef1234567890"),
    ),
    row("the tenant in capitals", 201, "", value("conversation.tenantId", TENANT.upper())),
    row("the tenant in the older place only", 201, "", value("conversation.tenantId", ABSENT)),
)
CHANNELS = (
    *(
        row(f"the channel {name!r}", 403, "channel", value("channelId", name))
        for name in (
            "MSTeams",
            " msteams",
            "msteams ",
            "msteams\n",
            "directline",
            "webchat",
            "emulator",
            "skype",
            "",
            None,
            ABSENT,
        )
    ),
)
HOST = "smba.trafficmanager.net"
FOREIGN_URLS = (
    f"http://{HOST}/amer/",
    f"ftp://{HOST}/",
    f"//{HOST}/",
    f"{HOST}/amer/",
    f"https:{HOST}/",
    f"https:///{HOST}/",
    "https://",
    f"https://{HOST}@evil.example/",
    f"https://evil@{HOST}/",
    f"https://evil.example/{HOST}/",
    f"https://evil.example#{HOST}",
    f"https://{HOST}#@evil.example/",
    f"https://{HOST}/?@evil.example/",
    f"https://{HOST}/?",
    f"https://{HOST}.evil.example/",
    "https://evil.trafficmanager.net/",
    f"https://evil-{HOST}/",
    f"https://a.{HOST}/",
    f"https://{HOST}./amer/",
    f"https://{HOST}:8443/",
    f"https://{HOST}:0/",
    f"https://{HOST}:99999/",
    f"https://{HOST}:443:80/",
    f"https://{HOST}\\@evil.example/",
    f"https:\\\\{HOST}\\",
    f"https://{HOST};evil.example/",
    f"https://{HOST}%2eevil.example/",
    f"https://{HOST}%00.evil.example/",
    f"https://[{HOST}]/",
    f" https://{HOST}/",
    f"https://{HOST}/ ",
    f"https://{HOST}/a b/",
    f"https://{HOST}/\t",
    f"https://{HOST}\r\nX: y/",
    "https://smba.trafficmanager.n\u0435t/",  # a Cyrillic letter
    "https://smba。trafficmanager.net/",
    "https://\uff53mba.trafficmanager.net/",  # a full-width letter
    "https://xn--smba-9ra.trafficmanager.net/",
    "https://169.254.169.254/metadata/identity/oauth2/token",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://0/",
    "https://localhost/",
    "http://localhost:3978/",
    f"https://{HOST}/{{0.__class__}}/",
    f"https://{HOST}/é/",
    f"https://{HOST}/{'a' * 3000}/",
    "https://smba.infra.gov.teams.microsoft.us/",
    "https://api.botframework.com/",
    "javascript:alert(1)",
)
OWN_URLS = (
    f"https://{HOST}/emea/",
    f"https://{HOST}:443/teams/",
    f"https://{HOST}",
    f"HTTPS://{HOST.upper()}/amer/",
    "https://smba.infra.gcc.teams.microsoft.com/teams/",
)
ADDRESSES = (
    *(row(f"the service URL {url[:60]!r}", 403, "service_url", service_url(url)) for url in FOREIGN_URLS),
    *(row(f"the service URL {url!r}", 201, "", service_url(url)) for url in OWN_URLS),
)
ROWS: tuple[Row, ...] = JSON + MISSING + KINDS + ODD + TENANTS + CHANNELS + ADDRESSES
