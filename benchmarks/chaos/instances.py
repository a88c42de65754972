"""Our bot, several times, each on a port of its own; any of them may die and begin another life."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bots import WrongResult, free_port
from benchmarks.machine import Usage, usage
from benchmarks.remote import REPOSITORY
from sandbox.microsoft import APP_ID, APP_SECRET, TENANT_ID
from settings import setting_names

STARTS_WITHIN = 60.0
STOPS_WITHIN = 30.0


@dataclass(slots=True)
class Life:
    """One process; `name` is what it calls itself towards Microsoft. ended: when it was killed (monotonic)."""

    name: str
    ended: float | None = None


class Instance:
    """One `python bot.py` that keeps its port from life to life."""

    def __init__(self, number: int, database: str, microsoft: Mapping[str, str], folder: Path) -> None:
        self.number = number
        self.port = free_port()
        self.lives: list[Life] = []
        self._database = database
        self._microsoft = microsoft
        self._log = folder / f"instance-{number}.log"

    async def start(self) -> None:
        """Begin a new life; returns when it takes requests."""
        life = Life(f"{self.number}.{len(self.lives) + 1}")
        self.lives.append(life)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "bot.py"), cwd=REPOSITORY, env=self._environment(life), stdout=log, stderr=log
            )
        await self._listening()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self.lives[-1].ended = time.monotonic()

    async def stop(self) -> None:
        """End it in good order."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOPS_WITHIN)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def usage(self) -> Usage:
        """Return what this life has used."""
        return usage(self._process.pid)

    def log(self) -> str:
        """Return the end of what it has written."""
        return self._log.read_text("utf-8", "replace")[-2000:] if self._log.exists() else ""

    async def _listening(self) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self._process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return writer.close()
        raise WrongResult(f"instance {self.number} did not start:\n{self.log()}")

    def _environment(self, life: Life) -> dict[str, str]:
        # As a user name at the proxy, so that Microsoft's side knows which life it was that posted.
        route = self._microsoft["HTTPS_PROXY"].replace("://", f"://{life.name}:x@")
        given = {**self._microsoft, **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), route)}
        return {**os.environ, **dict.fromkeys(setting_names(), ""), **given, **self._settings()}

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
            "DATABASE_URL": self._database,
            "LOG_LEVEL": "WARNING",
        }
