import pytest

from adapter.errors import ConnectorError
from services.retries import LONGEST_WAIT, Again, GiveUp, Gone, decide

NOW, DAY = 1_795_000_000_000, 86_400_000


def failed(
    status: int | None = 503, code: str = "", *, retryable: bool = True, after: float | None = None
) -> ConnectorError:
    return ConnectorError(status, code, "no", retryable, retry_after=after)


def wait(error: ConnectorError, attempts: int = 1, jitter: float = 0.5) -> int:
    outcome = decide(error, attempts, NOW, NOW + DAY, jitter)
    assert isinstance(outcome, Again)
    return outcome.at - NOW


@pytest.mark.parametrize("seconds", [0, 1, 30, 3600])
def test_what_teams_asks_for_is_kept_to_the_millisecond(seconds: int) -> None:
    assert {wait(failed(429, after=seconds), attempts, jitter) for attempts in (1, 9) for jitter in (0, 1)} == {
        seconds * 1000
    }


def test_waits_double_up_to_five_minutes_and_are_spread() -> None:
    assert [wait(failed(), attempts) for attempts in range(1, 6)] == [2_000, 4_000, 8_000, 16_000, 32_000]
    assert {wait(failed(), attempts) for attempts in (9, 20, 10_000)} == {LONGEST_WAIT}
    assert (wait(failed(), 3, 0), wait(failed(), 3, 1)) == (4_000, 12_000)


@pytest.mark.parametrize(
    "code",
    [
        "BotDisabledByAdmin",
        "BotNotInConversationRoster",
        "ConversationBlockedByUser",
        "ConversationNotFound",
        "MessageWritesBlocked",
    ],
)
def test_what_teams_calls_final_ends_the_conversation(code: str) -> None:
    outcome = decide(failed(403, code, retryable=False), 1, NOW, NOW + DAY, 0.5)
    assert isinstance(outcome, Gone)
    assert code in outcome.why


@pytest.mark.parametrize("status", [400, 403, 413, 500])
def test_what_would_fail_again_ends_the_activity(status: int) -> None:
    assert isinstance(decide(failed(status, "BadSyntax", retryable=False), 1, NOW, NOW + DAY, 0.5), GiveUp)


@pytest.mark.parametrize("error", [failed(429, after=10), failed(None)])
def test_there_is_no_try_after_the_deadline(error: ConnectorError) -> None:
    assert isinstance(decide(error, 5, NOW, NOW + 9_000, 0.5), GiveUp)
    assert isinstance(decide(error, 5, NOW, NOW + 40_000, 0.5), Again)
