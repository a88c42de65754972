"""How much is done to the bot, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds`: for how long installs and cards come, and instances die; what is left over then is waited for."""

    instances: int
    installs: int
    cards: int
    seconds: float
    conversations: int
    tenants: int
    kill_every: float
    token_away: float
    sqlite: bool = False

    @property
    def each(self) -> int:
        """Cards to each conversation."""
        return self.cards // self.conversations


FULL = Plan(
    instances=3, installs=2000, cards=5000, seconds=100, conversations=500, tenants=20, kill_every=4, token_away=10
)
QUICK = Plan(instances=3, installs=120, cards=400, seconds=12, conversations=50, tenants=10, kill_every=3, token_away=3)
