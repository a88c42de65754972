from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.limits import CONVERSATION_WINDOWS, TeamsLimits
from services.pacing import Pace

START = 1_795_000_000_000
OURS = {1.0: 5, 2.0: 6, 30.0: 48, 3600.0: 1_700}


def sends(gaps: list[int], pace: Pace | None = None) -> list[int]:
    """When sends go out that are each wanted so many milliseconds after the one before."""
    pace, now, times = pace or Pace(), START, []
    for gap in gaps:
        now = pace.earliest(now + gap)
        pace = pace.sent(now)
        times.append(now)
    return times


def most_within(times: list[int], seconds: float) -> int:
    first, most = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - seconds * 1000:
            first += 1
        most = max(most, last - first + 1)
    return most


@given(st.lists(st.sampled_from([0, 0, 0, 1, 400, 700, 3_000, 20_000, 90_000]), max_size=300))
def test_no_window_of_teams_is_ever_filled(gaps: list[int]) -> None:
    times = sends(gaps)
    for seconds, most in OURS.items():
        assert most_within(times, seconds) <= most


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 15_000)), max_size=120))
def test_answers_that_take_their_time_fill_none_either(sent: list[tuple[int, int]]) -> None:
    """The connector counts when it takes a post; a lane goes on from when it heard the answer."""
    pace, now, taken = Pace(), START, []
    for until_taken, until_answered in sent:
        now = pace.earliest(now)
        taken.append(now + until_taken)
        now += until_taken + until_answered
        pace = pace.sent(now)
    for seconds, most in OURS.items():
        assert most_within(taken, seconds) <= most


def test_two_hours_of_a_busy_conversation() -> None:
    times = sends([0] * 3_000)
    for seconds, most in OURS.items():
        assert most_within(times, seconds) <= most
    assert most_within(times, 3600) > 1_600, "and the limit is used"
    clock = iter([time / 1000 for time in times])
    limits = TeamsLimits(lambda: next(clock))
    assert {limits.admit("tenant", "conversation") for _ in times} == {None}


def test_our_windows_leave_room_in_those_of_teams() -> None:
    assert {seconds: count for count, seconds in CONVERSATION_WINDOWS if count <= OURS[seconds]} == {}


def test_a_few_go_out_at_once_and_then_one_at_a_time() -> None:
    times = sends([0] * 8)
    assert times[3] == START
    assert [later - earlier for earlier, later in pairwise(times[3:])] == [667, 667, 667, 667]


def test_a_quiet_conversation_is_as_new() -> None:
    times = sends([0] * 100)
    assert sends([0] * 4, Pace(times[-1], times[-1]))[-1] - START <= max(0, times[-1] - START) + 667
