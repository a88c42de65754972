import pytest

from sandbox.limits import TeamsLimits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def admitted(limits: TeamsLimits, count: int, tenant: str = "t", conversation: str = "c") -> int:
    return sum(limits.admit(tenant, conversation) is None for _ in range(count))


def test_seven_a_second_eight_in_two(clock: Clock) -> None:
    limits = TeamsLimits(clock)
    assert admitted(limits, 10) == 7
    clock.now += 1.0
    assert admitted(limits, 10) == 1
    assert limits.admit("t", "c") == 1
    clock.now += 1.0
    assert admitted(limits, 10) == 7


def test_sixty_in_thirty_seconds(clock: Clock) -> None:
    limits = TeamsLimits(clock)
    taken = 0
    for _ in range(14):
        taken += admitted(limits, 10)
        clock.now += 2.0
    assert taken == 60
    assert limits.admit("t", "c") == 2


def test_eighteen_hundred_an_hour(clock: Clock) -> None:
    limits = TeamsLimits(clock)
    taken = 0
    for _ in range(30 * 20):
        taken += admitted(limits, 3)
        clock.now += 1.5
    assert taken == 1800
    assert limits.admit("t", "c") == 3600 - 30 * 20 * 1.5
    clock.now += 3600
    assert limits.admit("t", "c") is None


def test_thirty_a_second_in_a_tenant_whatever_the_conversation(clock: Clock) -> None:
    limits = TeamsLimits(clock)
    assert sum(limits.admit("t", str(n)) is None for n in range(40)) == 30
    assert limits.admit("another", "c") is None
    assert limits.violations == {"tenant": 10}
    clock.now += 1.0
    assert limits.admit("t", "1") is None
