"""What is to be done now and then, however often there is a reason."""

import time
from collections.abc import Hashable

MOST = 1000


class Seldom:
    """Says for each thing when it is due: `every` so many seconds, first when that long has passed since the start."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._last: dict[Hashable, float] = {}

    def is_due(self, what: Hashable) -> bool:
        """Tell whether it is due; then it is not due again for a while."""
        now = time.monotonic()
        last = self._last.setdefault(what, now)
        if now - last < self._every:
            self._forget()
            return False
        self._last[what] = now
        return True

    def _forget(self) -> None:
        while len(self._last) > MOST:
            del self._last[next(iter(self._last))]
