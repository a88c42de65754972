"""At the door: each of these requests has one right answer, and what is refused reaches nobody."""

import orjson
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tests.adapter import requests_body, requests_http, requests_token
from tests.adapter.draft import Draft
from tests.adapter.request_row import Row
from tests.adapter.serving import WatchedBot
from tests.adapter.wire import exchange

ROWS = requests_http.ROWS + requests_token.ROWS + requests_body.ROWS
UNTOUCHED = {"turns": 0, "requests": 0, "strangers": 0, "rows": 0}
SHORT = 300
TRACES = (b"Traceback", b'File "', b"raise ", b".py")

pytestmark = pytest.mark.asyncio(loop_scope="module")


def refusals(reason: str | None) -> float:
    """Return how many requests were counted as refused for that reason."""
    return REGISTRY.get_sample_value("bot_requests_refused_total", {"reason": reason or ""}) or 0


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_request(row: Row, watched: WatchedBot) -> None:
    watched.forget()
    counted = refusals(row.reason)
    with capture_logs() as lines:
        reply = await exchange(watched.url, row.draft(Draft(watched.microsoft)))
    reasons = [line["reason"] for line in lines if line["event"] == "request refused"]
    assert (reply.status, reasons) == (row.status, [row.reason] if row.reason else [])
    assert refusals(row.reason) - counted == len(reasons)
    assert not any(trace in reply.body for trace in TRACES)
    if row.reason == "":
        assert {**watched.touched(), "requests": 0, "rows": 0} == {**UNTOUCHED, "turns": 1}
        return
    assert watched.touched() == UNTOUCHED
    if row.reason and not row.name.startswith("HEAD"):
        assert list(orjson.loads(reply.body)) == ["error"]
        assert len(reply.body) <= SHORT
    assert reply.headers.get("Allow") == ("POST" if row.status == 405 else None)
    assert reply.headers.get("WWW-Authenticate") == ("Bearer" if row.status == 401 else None)


async def test_the_table_is_long_and_says_nothing_twice() -> None:
    names = [row.name for row in ROWS]
    assert len(names) >= 350
    assert len(set(names)) == len(names)
