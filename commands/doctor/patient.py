"""What every check is given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from aiohttp import ClientSession

from adapter.clouds import CLOUDS, Cloud
from commands.doctor.findings import Finding
from settings import Settings


@dataclass(frozen=True, slots=True)
class Patient:
    """The bot to look at, as this process could be it: its settings, a session like its own, the time.

    package: the app package to compare, None for the newest under data/.
    """

    settings: Settings
    session: ClientSession
    now: Callable[[], datetime]
    package: Path | None = None

    @property
    def cloud(self) -> Cloud:
        """The Microsoft cloud that the bot belongs to."""
        return CLOUDS[self.settings.channel_service]


Check: TypeAlias = Callable[[Patient], Awaitable[Sequence[Finding]]]
