"""A bot in a process of its own, between the sandbox's Microsoft and Sentry."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry

REPOSITORY = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """The running bot."""

    url: str
    pid: int
    database: Path

    def memory(self) -> float:
        """Megabytes that are resident now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the bot's database."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute(statement).fetchall()


@asynccontextmanager
async def started(folder: Path, microsoft: Microsoft, sentry: Sentry) -> AsyncIterator[Process]:
    """Start `python bot.py`; its public address is the one it listens at, so that webhooks reach it."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, database = f"http://127.0.0.1:{port}", folder / "bot.db"
    environment = {
        **os.environ,
        **microsoft.environment,
        "MicrosoftAppId": microsoft.app_id,
        "MicrosoftAppPassword": microsoft.app_secret,
        "MicrosoftAppTenantId": microsoft.tenant_id,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": url,
        "SECRET_KEY": "a-secret-key-for-benchmarks-that-is-long-enough",
        "DATABASE_URL": f"sqlite:///{database}",
        "SENTRY_URLS": sentry.url,
        "LOG_LEVEL": "WARNING",
    }
    process = _spawn(environment, folder / "bot.log")
    try:
        await _listening(url, process, folder / "bot.log")
        yield Process(url, process.pid, database)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 40)


def _spawn(environment: dict[str, str], path: Path) -> "subprocess.Popen[bytes]":
    with path.open("wb") as log:
        return subprocess.Popen([sys.executable, "bot.py"], cwd=REPOSITORY, env=environment, stdout=log, stderr=log)


async def _listening(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            if process.poll() is not None:
                raise RuntimeError(_text(log))
            try:
                async with session.get(f"{url}/healthz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


def _text(path: Path) -> str:
    return path.read_text(errors="replace")
