"""Microsoft's process, seen from the one that measures."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST_LINE = 2**28


class Cloud:
    """Orders to Microsoft's process; `environment` is what leads a bot there."""

    def __init__(self, process: asyncio.subprocess.Process, address: dict[str, str]) -> None:
        self._process = process
        self._asking = asyncio.Lock()
        trust = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), address["bundle"])
        # Both spellings: where a machine sets the small ones, they win over the others.
        route = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), address["proxy"])
        local = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        self.environment = {**trust, **route, **local}

    async def reset(self, *, delay: float = 0.0) -> None:
        """Forget what was seen; answer everything `delay` seconds late from now on."""
        await self._ask(do="reset")
        await self._ask(do="delay", seconds=delay)

    async def report(self) -> dict[str, Any]:
        """Return what was seen since the last reset."""
        seen: dict[str, Any] = await self._ask(do="report")
        return seen

    async def sign(self, count: int, **claims: str) -> list[str]:
        """Return `count` tokens of the channel."""
        tokens: list[str] = await self._ask(do="sign", count=count, **claims)
        return tokens

    async def hold(self, kinds: Iterable[str]) -> None:
        """Let these kinds of host hang until they are released."""
        await self._ask(do="hold", kinds=list(kinds))

    async def release(self, kind: str) -> None:
        """Let a kind of host answer again."""
        await self._ask(do="release", kind=kind)

    async def _ask(self, **order: Any) -> Any:
        assert self._process.stdin
        async with self._asking:
            self._process.stdin.write(orjson.dumps(order) + b"\n")
            return await read_line(self._process)


async def read_line(process: asyncio.subprocess.Process) -> Any:
    """Return the next line of JSON that the process says."""
    assert process.stdout
    return orjson.loads(await process.stdout.readline())


@asynccontextmanager
async def open_cloud(folder: Path, module: str = "benchmarks.cloud") -> AsyncIterator[Cloud]:
    """Run Microsoft's side; it keeps its certificates in `folder` and ends with the block, or with this process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(folder)),
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        yield Cloud(process, await read_line(process))
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
