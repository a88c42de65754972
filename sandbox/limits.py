"""Teams' limits on sending: per conversation by sliding windows, per app and tenant by the second."""

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable

# (messages, seconds), as Microsoft documents them for one bot in one thread, and for one app in one tenant.
CONVERSATION_WINDOWS = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
TENANT_WINDOWS = ((30, 1.0),)


class TeamsLimits:
    """Refuses what is over a limit; what it refused does not count against the limits.

    `violations` counts refusals by the limit that was over, "conversation" and "tenant".
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.violations: Counter[str] = Counter()
        self._clock = clock
        self._sent: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def admit(self, tenant: str, conversation: str) -> int | None:
        """None if the call is within the limits, and then it counts; else the seconds to wait for Retry-After."""
        now = self._clock()
        wait = 0.0
        for scope, name, windows in (
            ("conversation", conversation, CONVERSATION_WINDOWS),
            ("tenant", tenant, TENANT_WINDOWS),
        ):
            over = _wait(self._sent[scope, name], windows, now)
            if over > 0:
                self.violations[scope] += 1
            wait = max(wait, over)
        if wait > 0:
            return math.ceil(wait)
        self._sent["conversation", conversation].append(now)
        self._sent["tenant", tenant].append(now)
        return None


def _wait(sent: deque[float], windows: tuple[tuple[int, float], ...], now: float) -> float:
    """Seconds until one more call fits into every window; forgets what is older than the longest."""
    longest = max(seconds for _, seconds in windows)
    while sent and sent[0] <= now - longest:
        sent.popleft()
    return max(sent[-count] + seconds - now if len(sent) >= count else 0.0 for count, seconds in windows)
