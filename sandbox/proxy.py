"""An HTTP proxy that understands CONNECT only and leads every known host to one local port."""

import asyncio
from collections import Counter
from collections.abc import Collection

_LONGEST_HEAD = 16384


class ConnectProxy:
    """`connections` counts tunnels by host, `refused` the hosts it would not connect to; hosts in `unreachable` too."""

    def __init__(self, hosts: Collection[str]) -> None:
        self.hosts = frozenset(hosts)
        self.unreachable: set[str] = set()
        self.connections: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._tunnels: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._target = 0

    async def open(self, target_port: int, port: int = 0) -> int:
        """Listens on loopback and returns the port; every tunnel ends at `target_port`."""
        self._target = target_port
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=_LONGEST_HEAD, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stops listening and cuts the tunnels."""
        if self._server is not None:
            self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    def reset(self) -> None:
        """Forgets what was counted; everything known is reachable again."""
        self.unreachable.clear()
        self.connections.clear()
        self.refused.clear()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnel = asyncio.create_task(self._serve(reader, writer))
        self._tunnels.add(tunnel)
        tunnel.add_done_callback(self._tunnels.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._tunnel(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # The client went away or sent no HTTP request: there is nobody to tell.
            writer.transport.abort()
        finally:
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target = _request_line(await reader.readuntil(b"\r\n\r\n"))
        if method != "CONNECT":
            await _answer(writer, "405 Method Not Allowed")
            return
        host, _, port = target.partition(":")
        if host not in self.hosts or host in self.unreachable or port != "443":
            self.refused[host] += 1
            await _answer(writer, "502 Bad Gateway")
            return
        self.connections[host] += 1
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))


def _request_line(head: bytes) -> tuple[str, str]:
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return (words[0], words[1].lower()) if len(words) == 3 else ("", "")


async def _answer(writer: asyncio.StreamWriter, status: str) -> None:
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        # A side that breaks off must look broken off to the other one as well.
        sink.transport.abort()
    finally:
        sink.close()
