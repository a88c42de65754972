"""What is measured, by name, and how much of it."""

from dataclasses import dataclass

Figures = dict[str, float]

RATE = "activities/s"
CPU = "CPU ms per activity"
CONNECTIONS = "new connector connections per activity"
TOKEN_REQUESTS = "requests to the token host per activity"
RATE_FAR = "activities/s, hosts 50 ms away"
STALL_P95 = "loop stall p95 ms, hosts 50 ms away"
STALL_MAX = "loop stall max ms, hosts 50 ms away"
STALL_HANGING = {
    "keys": "loop stall max ms, key host hangs",
    "token": "loop stall max ms, token host hangs",
    "connector": "loop stall max ms, connector host hangs",
}
COLD_START = "cold start s (spawn to first card)"
COLD_CPU = "cold start, CPU s"
MEMORY_FEW = "memory MB after N"
MEMORY_MANY = "memory MB after 10 N"
MEMORY_GROWTH = "memory after 10 N ÷ after N"
BOT_SHARE = "% of its core that the bot used"
BENCH_SHARE = "% of its core that the bench used"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. count: activities of one load, at most for `seconds`. few: N of the memory figures."""

    rounds: int
    count: int
    count_far: int
    seconds: float
    hang: float
    few: int
    few_slow: int


DEFAULT = Plan(rounds=3, count=2500, count_far=600, seconds=8.0, hang=3.0, few=1000, few_slow=20)
QUICK = Plan(rounds=1, count=500, count_far=120, seconds=1.5, hang=0.5, few=100, few_slow=2)
