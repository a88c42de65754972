"""The database was away, perhaps for longer than a claim lasts: its holders note first, then others may take over."""

import time
from collections.abc import Awaitable, Callable

from store import StoreError

LONG = 20.0
"""Seconds after which claims of living processes may have lapsed (they last for 45)."""

SETTLES_WITHIN = 4.0
"""Seconds within which every process has noted what it could not note: it tries every two."""


class Outage:
    """Knows whether the database is away, or was until a moment ago. ping: raises a StoreError while it is."""

    def __init__(self, ping: Callable[[], Awaitable[None]]) -> None:
        self._ping = ping
        self._since: float | None = None
        self._over_at = 0.0

    def begin(self) -> None:
        """Take note that the database did not answer."""
        if self._since is None:
            self._since = time.monotonic()

    async def goes_on(self) -> bool:
        """Tell whether nothing should be claimed yet."""
        if self._since is not None and await self._answers():
            was_long = time.monotonic() - self._since >= LONG
            self._since, self._over_at = None, time.monotonic() + (SETTLES_WITHIN if was_long else 0.0)
        return self._since is not None or time.monotonic() < self._over_at

    async def _answers(self) -> bool:
        try:
            await self._ping()
        except StoreError:
            return False
        return True
