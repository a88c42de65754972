"""Whether this instance could do its work now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from adapter.errors import CredentialsError
from adapter.refusals import Refused
from store import StoreError

Probe = Callable[[], Awaitable[object]]
PROBE_WITHIN = 5.0
KNOWN_FOR = 5.0
log = structlog.get_logger(__name__)


class Readiness:
    """Asks `probes` by name; each raises when its part is not usable. Answers are kept for five seconds.

    Whoever asks learns which part it is; why is in the log. clock: seconds.
    """

    def __init__(self, probes: Mapping[str, Probe], clock: Callable[[], float]) -> None:
        self._probes = probes
        self._clock = clock
        self._looked_at = float("-inf")
        self._found: dict[str, bool] = {}
        self._looking = asyncio.Lock()

    async def look(self) -> Mapping[str, bool]:
        """Return for each part whether it is usable."""
        async with self._looking:
            if self._clock() - self._looked_at >= KNOWN_FOR:
                usable = await asyncio.gather(*(_usable(name, probe) for name, probe in self._probes.items()))
                self._found = dict(zip(self._probes, usable, strict=True))
                self._looked_at = self._clock()
            return self._found


async def _usable(name: str, probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_WITHIN):
            await probe()
    except (StoreError, CredentialsError, Refused, TimeoutError) as error:
        log.warning("not ready", part=name, error=str(error) or type(error).__name__)
        return False
    return True
