"""What a process may post in turns: its share of what Teams takes, however it comes."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from model import ConversationReference
from services import inline
from services.inline import IN_CONVERSATION, InlineShare


def to(conversation: int = 0, tenant: str = "tenant") -> ConversationReference:
    return ConversationReference("https://smba.trafficmanager.net/amer/", f"19:{conversation}@thread.tacv2", tenant)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def throttled(*tenants: str, clock: Clock | None = None) -> InlineShare:
    share = InlineShare(clock or Clock())
    for tenant in tenants or ("tenant",):
        share.throttled(to(tenant=tenant))
    return share


def test_a_tenant_has_no_share_until_it_is_throttled_and_for_a_minute() -> None:
    clock = Clock()
    share = InlineShare(clock)
    assert all(share.take(to(number), 4) for number in range(100))
    share.throttled(to())
    assert [share.take(to(number), 4) for number in range(100, 103)] == [True, True, False]
    clock.now += inline.THROTTLED_FOR
    assert all(share.take(to(number), 4) for number in range(101, 200))


def test_processes_divide_what_a_tenant_has() -> None:
    for processes, most in ((1, 8), (2, 4), (4, 2), (8, 1), (20, 1)):
        share = throttled()
        taken = [share.take(to(number), processes) for number in range(20)]
        assert taken == [True] * most + [False] * (20 - most)


def test_another_tenant_has_its_own() -> None:
    share = throttled("tenant 0", "tenant 1")
    taken = Counter(number % 2 for number in range(40) if share.take(to(number, f"tenant {number % 2}"), 1))
    assert taken == {0: 8, 1: 8}


def test_a_second_later_there_is_room_again() -> None:
    clock = Clock()
    share = throttled(clock=clock)
    assert [share.take(to(number), 4) for number in range(3)] == [True, True, False]
    clock.now += 0.99
    assert not share.take(to(9), 4)
    clock.now += 0.01
    assert share.take(to(9), 4)


@given(st.lists(st.sampled_from([0.0, 0.0, 0.1, 0.4, 1.0, 5.0]), max_size=200))
def test_a_conversation_with_its_threads_is_never_filled(gaps: list[float]) -> None:
    clock = Clock()
    share, times = InlineShare(clock), []
    for number, gap in enumerate(gaps):
        clock.now += gap
        thread = ConversationReference("https://smba/", f"19:general@thread.tacv2;messageid={number}", "tenant")
        if share.take(thread, 1):
            times.append(clock.now)
    for most, seconds in IN_CONVERSATION:
        assert all(sum(at - seconds < other <= at for other in times) <= most for at in times)


def test_it_remembers_no_more_than_it_needs() -> None:
    share = InlineShare(Clock())
    for number in range(inline.MOST_KEPT + 100):
        share.take(to(number, f"tenant {number}"), 1)
    assert len(share._posts) == inline.MOST_KEPT
