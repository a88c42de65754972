"""Requests that are odd or hostile as HTTP: methods, paths, framing, headers, types and codings."""

from tests.adapter.draft import LENGTH, TYPE, Change, Draft, also, body, header, method, start, text_of
from tests.adapter.request_row import Row, row

CHUNKED = b"Transfer-Encoding: chunked"
LIMIT = 256 * 1024


def chunks(*parts: bytes) -> bytes:
    """Return a body in these chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def in_chunks(coding: bytes = CHUNKED) -> Change:
    """The good body in three chunks, under this Transfer-Encoding."""

    def change(draft: Draft) -> None:
        draft.headers[LENGTH] = None
        draft.more_headers.append(coding)
        text_of(lambda data: chunks(data[:5], data[5:9], data[9:]))(draft)

    return change


def raw_chunks(data: bytes) -> Change:
    """A chunked body, as it is."""

    def change(draft: Draft) -> None:
        draft.headers[LENGTH] = None
        draft.more_headers.append(CHUNKED)
        draft.body = data

    return change


def path(target: str) -> Change:
    """Another request target."""
    return start(f"POST {target} HTTP/1.1")


def lines(*more: bytes) -> Change:
    """More header lines."""
    return also(*more)


def own_token_twice(draft: Draft) -> None:
    """A second Authorization header with the good token in it."""
    draft.more_headers.append(b"Authorization: Bearer " + draft.signed().encode())


METHODS = (
    *(row(f"{name} instead of POST", 405, "method", method(name)) for name in ("GET", "HEAD", "OPTIONS", "TRACE")),
    *(row(f"{name} instead of POST", 405, "method", method(name)) for name in ("PUT", "PATCH", "DELETE", "PROPFIND")),
    row("a web socket", 405, "method", method("GET"), header("Connection", "Upgrade"), lines(b"Upgrade: websocket")),
    row("a web socket by POST", 201, "", header("Connection", "Upgrade"), lines(b"Upgrade: websocket")),
    row("HTTP/2 by POST", 201, "", header("Connection", "Upgrade"), lines(b"Upgrade: h2c")),
    row("a method that does not exist", 400, None, method("FOO")),
    row("post in lower case", 400, None, method("post")),
    row("GET in the name of POST", 405, "method", method("GET"), lines(b"X-HTTP-Method-Override: POST")),
    row("POST in the name of GET", 201, "", lines(b"X-HTTP-Method-Override: GET")),
    row("CONNECT", 404, None, method("CONNECT")),
)
PATHS = (
    *(row(f"the path {name}", 404, None, path(name)) for name in ("/api/messages/", "/api//messages", "/API/messages")),
    *(row(f"the path {name}", 404, None, path(name)) for name in ("/api/messages;x", "/api/./messages", "/a/../api")),
    *(row(f"the target {name}", 400, None, path(name)) for name in ("api/messages", "*")),
    row("a query", 201, "", path("/api/messages?code=abc")),
    row("an escaped letter in the path", 201, "", path("/%61pi/messages")),
    row("the whole address as target", 201, "", path("http://evil.example/api/messages")),
)
FRAMING = (
    row("a body in chunks", 201, "", in_chunks()),
    row("a chunk size that is no number", 400, None, raw_chunks(b"zz\r\nabc\r\n0\r\n\r\n")),
    row("a good chunk and a bad one", 400, None, raw_chunks(b"2\r\n{}\r\n-1\r\n\r\n0\r\n\r\n")),
    row("more in chunks than is allowed", 413, "body_too_large", raw_chunks(chunks(*(b" " * 65536 for _ in range(5))))),
    row("a length and chunks", 400, None, lines(CHUNKED)),
    row("two lengths", 400, None, lines(b"Content-Length: 5")),
    row("a length with a plus", 400, None, header(LENGTH, "+5")),
    row("a negative length", 400, None, header(LENGTH, "-5")),
    row("a length in hexadecimal", 400, None, header(LENGTH, "0x10")),
    row("a length of thirty digits", 400, None, header(LENGTH, "9" * 30)),
    row("a length over the limit, nothing sent", 413, "body_too_large", header(LENGTH, str(LIMIT + 1)), body(b"")),
    row("a body of exactly the limit", 400, "field_missing", body(b"{}".rjust(LIMIT))),
    row("a body that is longer than its length", 400, None, header(LENGTH, "5")),
    row("neither length nor body", 400, "body_not_json", header(LENGTH, None), body(b"")),
    row("chunks in a gzip transfer coding", 415, "transfer_encoding", in_chunks(b"Transfer-Encoding: gzip, chunked")),
    row("chunks named twice", 400, None, in_chunks(b"Transfer-Encoding: chunked, chunked")),
    row("a vertical tab before chunked", 400, None, in_chunks(b"Transfer-Encoding: \x0bchunked")),
)
HEADERS = (
    row("two good Authorization headers", 401, "several_authorization_headers", own_token_twice),
    row("a second Authorization header", 401, "several_authorization_headers", lines(b"Authorization: Bearer x")),
    row("an empty second Authorization header", 401, "several_authorization_headers", lines(b"authorization:")),
    row("two content types", 400, None, lines(b"Content-Type: text/plain")),
    row("two hosts", 400, None, lines(b"Host: evil.example")),
    row("no host", 400, None, header("Host", None)),
    row("another host", 201, "", header("Host", "evil.example")),
    row("a folded header", 400, None, lines(b"X-A: b\r\n c")),
    row("a space before the colon", 400, None, lines(b"Content-Encoding : gzip")),
    row("a NUL in a header", 400, None, lines(b"X-A: \0b")),
    row("a bare line feed", 400, None, lines(b"X-A: b\nAuthorization: Bearer x")),
    row("a bare carriage return", 400, None, lines(b"X-A: b\rAuthorization: Bearer x")),
    row("a line without a colon", 400, None, lines(b"garbage")),
    row("a header without a name", 400, None, lines(b": x")),
    row("a header of 9 kB", 400, None, lines(b"X-A: " + b"a" * 9000)),
    row("200 headers", 400, None, lines(*(b"X-%d: a" % number for number in range(200)))),
    row(
        "a proxy's headers", 201, "", lines(b"X-Forwarded-For: 127.0.0.1", b"X-Original-URL: /", b"Forwarded: for=::1")
    ),
    row("an expectation", 201, "", lines(b"Expect: 100-continue")),
    row("an expectation that nobody meets", 417, None, lines(b"Expect: miracles")),
    row("HTTP/1.0", 201, "", start("POST /api/messages HTTP/1.0")),
    row("no HTTP version", 201, "", start("POST /api/messages")),
    row("HTTP/3.0", 400, None, start("POST /api/messages HTTP/3.0")),
    row("a request line with a tab", 400, None, start("POST\t/api/messages\tHTTP/1.1")),
)
JSON_TYPES = ("Application/JSON", "application/json", "application/json;", "application/json; charset=bogus")
OTHER_TYPES = (
    "text/plain; a=application/json",
    "text/json",
    "application/json, text/plain",
    "application/jsonx",
    "application/x-www-form-urlencoded",
    "application/vnd.api+json",
    "application / json",
    '"application/json"',
    "multipart/form-data; boundary=x",
    "*/*",
    "",
)
TYPES = (
    *(row(f"the type {text}", 201, "", header(TYPE, text)) for text in JSON_TYPES),
    *(row(f"the type {text or 'of no text'}", 415, "content_type", header(TYPE, text)) for text in OTHER_TYPES),
    row("no type", 415, "content_type", header(TYPE, None)),
    row("Content-Encoding: identity", 201, "", lines(b"Content-Encoding: identity")),
    *(
        row(
            f"Content-Encoding: {coding.decode() or 'nothing'}",
            415,
            "content_encoding",
            lines(b"Content-Encoding: " + coding),
        )
        for coding in (b"gzip", b"GZIP", b"deflate", b"identity, gzip", b"utf-8", b"")
    ),
    row("a second coding", 415, "content_encoding", lines(b"Content-Encoding: identity", b"Content-Encoding: gzip")),
)
ROWS: tuple[Row, ...] = METHODS + PATHS + FRAMING + HEADERS + TYPES
