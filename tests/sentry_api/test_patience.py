import time

import aiohttp
import pytest

from sandbox.faults import accept_then_close, close, hang, respond
from sandbox.sentry import Sentry
from sandbox.sentry_records import Issue
from sentry_api import (
    Access,
    Clocks,
    SentryAnswer,
    SentryApi,
    SentryBusy,
    SentryError,
    SentryResting,
    SentrySlow,
    SentryUnreachable,
)
from sentry_api.breaker import FAILURES, REST
from sentry_api.changes import Resolve
from sentry_api.rate_limits import rate_limit_from, retry_after


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("fault", [close(), respond(502), respond(503), respond(504)], ids=["cut", "502", "503", "504"])
async def test_reading_is_tried_again(
    api: SentryApi, access: Access, sentry: Sentry, issue: Issue, fault: object
) -> None:
    sentry.faults.add(fault, times=2)  # type: ignore[arg-type]
    assert (await api.issues.get(access, issue.id)).id == issue.id


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
async def test_answer_that_will_not_change_is_not_asked_for_again(
    api: SentryApi, access: Access, sentry: Sentry, status: int
) -> None:
    sentry.faults.add(respond(status, json={"detail": "no"}), times=None)
    with pytest.raises(Exception, match="no"):
        await api.issues.get(access, "1")
    assert sum(sentry.requests.values()) == 1


async def test_busy_sentry_is_waited_for(api: SentryApi, access: Access, sentry: Sentry, issue: Issue) -> None:
    reset = f"{time.time() + 0.3:.3f}"
    sentry.faults.add(respond(429, json={"detail": "slow down"}, headers={"X-Sentry-Rate-Limit-Reset": reset}))
    started = time.monotonic()
    assert (await api.issues.change(access, issue.id, Resolve())).status.value == "resolved"
    assert time.monotonic() - started >= 0.2


async def test_busy_sentry_is_not_waited_for_beyond_the_time_limit(
    api: SentryApi, access: Access, sentry: Sentry
) -> None:
    reset = str(int(time.time()) + 60)
    sentry.faults.add(respond(429, json={"detail": "slow down"}, headers={"X-Sentry-Rate-Limit-Reset": reset}))
    started = time.monotonic()
    with pytest.raises(SentryBusy, match="slow down") as raised:
        await api.issues.get(access, "1")
    assert 50 < raised.value.retry_after <= 60
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("fault", [accept_then_close(), close()], ids=["carried out", "not carried out"])
async def test_change_with_an_unknown_outcome_is_not_repeated(
    api: SentryApi, access: Access, sentry: Sentry, issue: Issue, fault: object
) -> None:
    await api.issues.get(access, issue.id)  # a kept connection, which aiohttp itself would try again
    sentry.faults.add(fault, method="PUT")  # type: ignore[arg-type]
    with pytest.raises(SentryUnreachable) as raised:
        await api.issues.change(access, issue.id, Resolve())
    assert raised.value.may_have_happened
    assert len([asked for asked in sentry.asked if asked.method == "PUT"]) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_change_that_failed_inside_sentry_is_not_repeated(
    api: SentryApi, access: Access, sentry: Sentry, issue: Issue, status: int
) -> None:
    sentry.faults.add(respond(status), method="PUT")
    with pytest.raises(SentryAnswer) as raised:
        await api.issues.change(access, issue.id, Resolve())
    assert raised.value.may_have_happened
    assert len(sentry.asked) == 1


async def test_comment_without_an_answer_may_have_happened(
    api: SentryApi, access: Access, sentry: Sentry, issue: Issue
) -> None:
    sentry.faults.add(hang(), method="POST")
    with pytest.raises(SentrySlow) as raised:
        await api.issues.comment(access, issue.id, "hello")
    assert raised.value.may_have_happened
    assert len(sentry.asked) == 1


async def test_refused_change_has_not_happened(api: SentryApi, access: Access, issue: Issue) -> None:
    with pytest.raises(SentryAnswer) as raised:
        await api.issues.change(access, issue.id, Resolve("shop@none"))
    assert not raised.value.may_have_happened


async def test_sentry_that_keeps_failing_is_left_alone_and_tried_again(
    session: aiohttp.ClientSession, access: Access, sentry: Sentry, issue: Issue
) -> None:
    clock = Clock()
    api = SentryApi(session, [sentry.url], clocks=Clocks(steady=clock))
    sentry.faults.add(respond(500), times=None)
    for _ in range(FAILURES):
        with pytest.raises(SentryAnswer):
            await api.issues.get(access, issue.id)
    with pytest.raises(SentryResting) as raised:
        await api.issues.get(access, issue.id)
    assert 0 < raised.value.retry_after <= REST
    assert len(sentry.asked) == FAILURES
    other = Access(access.sentry_url, "other", access.token)
    with pytest.raises(SentryAnswer):
        await api.issues.get(other, issue.id)
    sentry.faults.clear()
    clock.now += REST
    assert (await api.issues.get(access, issue.id)).id == issue.id
    assert (await api.issues.get(access, issue.id)).id == issue.id


async def test_refusals_do_not_count_as_failures(api: SentryApi, access: Access, sentry: Sentry, issue: Issue) -> None:
    for status in (400, 401, 403, 404) * FAILURES:
        sentry.faults.add(respond(status))
        with pytest.raises(SentryError):
            await api.issues.get(access, issue.id)
    assert (await api.issues.get(access, issue.id)).id == issue.id


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 1),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "-1"}, 1),
        ({"Retry-After": "soon"}, 1),
        ({"Retry-After": "inf"}, 1),
        ({"Retry-After": "1e9"}, 3600),
        ({"X-Sentry-Rate-Limit-Reset": "1012.5"}, 12.5),
        ({"X-Sentry-Rate-Limit-Reset": "900"}, 0),
        ({"X-Sentry-Rate-Limit-Reset": "nan"}, 1),
        (
            {
                "X-Sentry-Rate-Limit-Reset": "1500",
                "X-Sentry-Rate-Limit-Remaining": "9",
                "X-Sentry-Rate-Limit-ConcurrentRemaining": "0",
            },
            1,
        ),
    ],
    ids=str,
)
def test_when_to_come_back(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers, 1000.0) == seconds


def test_limits_as_sentry_tells_them() -> None:
    names = ("Limit", "Remaining", "Reset", "ConcurrentLimit", "ConcurrentRemaining")
    told = rate_limit_from({f"X-Sentry-Rate-Limit-{name}": str(i) for i, name in enumerate(names)})
    assert (told.limit, told.remaining, told.reset, told.concurrent_limit, told.concurrent_remaining) == (0, 1, 2, 3, 4)
    assert rate_limit_from({"X-Sentry-Rate-Limit-Limit": "many"}).limit is None
