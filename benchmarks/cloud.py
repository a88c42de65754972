"""Microsoft's side in a process of its own, told what to do in lines of JSON on standard input.

python -m benchmarks.cloud FOLDER
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from benchmarks.loops import run
from benchmarks.microsoft import HOSTS, Microsoft
from benchmarks.wire import Entrance, Hosts
from sandbox.certificates import Certificates


async def serve(folder: Path, microsoft: Microsoft) -> None:
    """Listen on a free port, say where, and do as told until standard input ends."""
    certificates = Certificates(folder, sorted(HOSTS))
    tls = certificates.server_context()
    hosts = Hosts(microsoft)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Entrance(hosts, tls), "127.0.0.1", 0, backlog=512)
    _say({"proxy": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "bundle": str(certificates.bundle)})
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = orjson.loads(line)
        _say(_orders(hosts)[order.pop("do")](**order))
    server.close()


def _orders(hosts: Hosts) -> dict[str, Callable[..., Any]]:
    microsoft = hosts.microsoft
    return {
        "reset": microsoft.reset,
        "report": microsoft.report,
        "sign": microsoft.sign,
        "hold": hosts.hold,
        "release": hosts.release,
        "delay": lambda seconds: setattr(hosts, "delay", seconds),
    }


def _say(answer: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    run(serve(Path(sys.argv[1]), Microsoft()))
