"""How fast a conversation may be posted to. Teams allows 7 in 1 s, 8 in 2 s, 60 in 30 s and 1,800 in 1 h.

Two token buckets, each kept as the time at which it would be full again ("theoretical arrival time" of the generic cell
rate algorithm): a few at once and then one every 667 ms, and 500 at once and then one every 3 s. In any window that is
at most 5 in 1 s, 6 in 2 s, 48 in 30 s and 1,700 in 1 h; the rest is for what is sent in a turn.
"""

from dataclasses import dataclass

SHORT_EVERY, SHORT_BURST = 667, 4
LONG_EVERY, LONG_BURST = 3_000, 500


@dataclass(frozen=True, slots=True)
class Pace:
    """The two buckets of a conversation; times in milliseconds."""

    short_tat: int = 0
    long_tat: int = 0

    def sent(self, now: int) -> "Pace":
        """Return the buckets after something was sent at `now`."""
        return Pace(max(self.short_tat, now) + SHORT_EVERY, max(self.long_tat, now) + LONG_EVERY)

    def earliest(self, now: int) -> int:
        """Return when the next may be sent."""
        short = self.short_tat - (SHORT_BURST - 1) * SHORT_EVERY
        long = self.long_tat - (LONG_BURST - 1) * LONG_EVERY
        return max(now, short, long)
