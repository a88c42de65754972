"""Time for a test to move."""

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass
class Seconds:
    """A clock in seconds that stands still until a test moves it."""

    now: float = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
