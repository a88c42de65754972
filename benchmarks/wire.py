"""The network side of Microsoft: CONNECT, then TLS, then HTTP/1.1, on one connection and with little of everything.

The sandbox's proxy and servers cost more for each activity than a fast bot does, and would be what is measured.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import cast

from benchmarks.microsoft import CALLER, HOSTS, Microsoft, Reply, Unanswered

END = b"\r\n\r\n"


class Hosts:
    """Answers for Microsoft, at once, after `delay` seconds, or when a kind of host that is held is let go."""

    def __init__(self, microsoft: Microsoft) -> None:
        self.microsoft = microsoft
        self.delay = 0.0
        self._held: dict[str, list[Callable[[], None]]] = {}

    def serve(self, kind: str, respond: Callable[[], None]) -> None:
        """Let one request to a host of that kind be answered, in its time."""
        if kind in self._held:
            self._held[kind].append(respond)
        elif self.delay:
            asyncio.get_running_loop().call_later(self.delay, respond)
        else:
            respond()

    def hold(self, kinds: Iterable[str]) -> None:
        """Let these kinds of host hang."""
        self._held.update({kind: [] for kind in kinds})

    def release(self, kind: str) -> None:
        """Let a kind of host answer again, first what has waited."""
        for respond in self._held.pop(kind, []):
            respond()


class Entrance(asyncio.Protocol):
    """A new connection: a CONNECT request, answered, and TLS from then on."""

    def __init__(self, hosts: Hosts, tls: ssl.SSLContext) -> None:
        self._hosts = hosts
        self._tls = tls
        self._head = b""
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._head += data
        if END not in self._head:
            return
        kind = HOSTS.get(self._head.split(b" ")[1].partition(b":")[0].decode("latin-1"))
        if not self._head.startswith(b"CONNECT ") or kind is None:
            self._transport.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            self._transport.close()
            return
        self._hosts.microsoft.connections[kind] += 1
        # Not before the handshake has a reader: its first bytes would end here.
        self._transport.pause_reading()
        self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        caller = _fields(self._head.partition(END)[0].decode("latin-1")).get(CALLER, "")
        self._opening = asyncio.create_task(self._open(Exchange(self._hosts, kind, caller)))

    async def _open(self, exchange: "Exchange") -> None:
        loop = asyncio.get_running_loop()
        try:
            exchange.transport = await loop.start_tls(self._transport, exchange, self._tls, server_side=True)
        except (OSError, ssl.SSLError):
            self._transport.abort()


class Exchange(asyncio.Protocol):
    """HTTP/1.1 with bodies of declared length, one request at a time: what bots send.

    caller: the credentials that were shown to the proxy; they tell bots apart.
    """

    transport: asyncio.Transport | None = None

    def __init__(self, hosts: Hosts, kind: str, caller: str) -> None:
        self._hosts = hosts
        self._kind = kind
        self._caller = caller
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(END)
        if not end:
            return
        text = head.decode("latin-1")
        fields = {**_fields(text), CALLER: self._caller}
        length = int(fields.get("content-length", 0))
        if len(rest) < length:
            return
        self._received = rest[length:]
        method, path, _ = text.partition("\r\n")[0].split(" ")
        answer = partial(self._hosts.microsoft.answer, self._kind, method, path, fields, rest[:length])
        self._hosts.serve(self._kind, partial(self._respond, answer))

    def _respond(self, answer: Callable[[], Reply]) -> None:
        # What a client has given up was never looked at: a host that hangs takes nothing.
        if self.transport is None or self.transport.is_closing():
            return
        try:
            status, body, *retry_after = answer()
        except Unanswered as unanswered:
            if unanswered.cut:
                self.transport.abort()
            return
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json; charset=utf-8\r\n"
        head += "".join(f"Retry-After: {seconds}\r\n" for seconds in retry_after)
        self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _fields(head: str) -> dict[str, str]:
    """Return the header fields of a request, by their names in small letters."""
    lines = head.split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
