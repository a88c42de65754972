"""The bots that are measured, and each as a running process."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import BOT_CORE, Usage, starting_on, usage
from benchmarks.remote import REPOSITORY
from sandbox.microsoft import APP_ID, APP_SECRET, TENANT_ID
from settings import setting_names

STARTS_WITHIN = 60.0
ENDS_WITHIN = 10.0
DATABASE = "bot.db"


class WrongResult(Exception):
    """A bot did not do what it was measured for; the text says what."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot to measure. slow: it serves tens of activities a second, not hundreds. stores: it keeps a database."""

    name: str
    script: str
    slow: bool = False
    stores: bool = False


STOCK = Bot("stock SDK", "benchmarks/contenders/stock.py", slow=True)
BARE = Bot("bare aiohttp", "benchmarks/contenders/bare.py")
OURS = Bot("ours", "bot.py", stores=True)
BOTS = (STOCK, BARE, OURS)


class Running:
    """A bot's process; it began at `started` (monotonic) with an empty database in `folder`."""

    def __init__(self, bot: Bot, folder: Path, microsoft: Mapping[str, str]) -> None:
        self.bot = bot
        self.port = free_port()
        self._folder = folder
        self._log = (folder / "log").open("wb")
        command = [sys.executable, str(REPOSITORY / bot.script)]
        environment = {**_neutral(), **microsoft, **self._settings()}
        with starting_on(BOT_CORE):
            self.started = time.monotonic()
            self._process = subprocess.Popen(
                command, cwd=REPOSITORY, env=environment, stdout=self._log, stderr=self._log
            )

    def _settings(self) -> dict[str, str]:
        return {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppPassword": APP_SECRET,
            "MicrosoftAppType": "SingleTenant",
            "MicrosoftAppTenantId": TENANT_ID,
            "ALLOWED_TENANTS": "*",
            "PUBLIC_URL": "https://bot.example.org",
            "SECRET_KEY": "a-key-for-the-benchmark-that-is-long-enough",
            "DATABASE_URL": f"sqlite:///{self._folder / DATABASE}",
            "LOG_LEVEL": "WARNING",
        }

    async def listening(self) -> None:
        """Return when the port is open; raises WrongResult when that does not happen."""
        while time.monotonic() - self.started < STARTS_WITHIN and self._process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.002)
            else:
                return writer.close()
        raise WrongResult(f"{self.bot.name} did not start:\n{self.log()}")

    def usage(self) -> Usage:
        """Return what it has used."""
        return usage(self._process.pid)

    def welcomed(self) -> int:
        """Return how many places its database knows as welcomed."""
        with closing(sqlite3.connect(self._folder / DATABASE)) as connection:
            row = connection.execute("SELECT count(*) FROM installations WHERE welcomed_at IS NOT NULL").fetchone()
        return int(row[0])

    def log(self) -> str:
        """Return the end of what it has written."""
        return (self._folder / "log").read_text("utf-8", "replace")[-2000:]

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


@contextmanager
def running(bot: Bot, folder: Path, microsoft: Mapping[str, str]) -> Iterator[Running]:
    """Run the bot for the length of the block, its files in a new folder under `folder`."""
    own = folder / f"{Path(bot.script).stem}-{time.monotonic_ns()}"
    own.mkdir()
    process = Running(bot, own, microsoft)
    try:
        yield process
    except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
        raise WrongResult(f"{bot.name}: {type(error).__name__} {error}\n{process.log()}") from error
    finally:
        process.stop()


def _neutral() -> dict[str, str]:
    # What the developer's own environment and .env say must not count: an empty variable goes before .env.
    return {**os.environ, **dict.fromkeys(setting_names(), "")}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
