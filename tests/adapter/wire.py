"""HTTP as bytes: requests that no client library would send, and what comes back."""

import asyncio
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from multidict import CIMultiDict

ANSWERS_WITHIN = 15.0


class Reply(NamedTuple):
    """What came back; status 0 when the connection was closed without an answer."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


async def exchange(url: str, request: bytes, *, and_no_more: bool = False) -> Reply:
    """Send exactly these bytes to the server at `url` and return its final answer; raises TimeoutError.

    and_no_more: tell the server that nothing follows, whatever the bytes promise.
    """
    where = urlsplit(url)
    async with asyncio.timeout(ANSWERS_WITHIN):
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(request)
            if and_no_more:
                writer.write_eof()
            return await _final(reader)
        except (ConnectionResetError, asyncio.IncompleteReadError):
            return Reply(0, CIMultiDict(), b"")
        finally:
            writer.close()


async def _final(reader: asyncio.StreamReader) -> Reply:
    while True:
        head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = CIMultiDict[str]()
        for line in filter(None, lines):
            name, _, value = line.partition(":")
            headers.add(name, value.strip())
        status = int(head.split(" ")[1])
        if status != 100:
            return Reply(status, headers, await _body(reader, headers))


async def _body(reader: asyncio.StreamReader, headers: CIMultiDict[str]) -> bytes:
    try:
        return await reader.readexactly(int(headers["Content-Length"]))
    except asyncio.IncompleteReadError as answer_to_head:
        return answer_to_head.partial
