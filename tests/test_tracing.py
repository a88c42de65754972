"""W3C traceparent: which ones are taken, what goes on to the connector."""

import re

import pytest

import tracing
from sandbox.microsoft import Microsoft
from sandbox.teams import install_team, new_team
from tests.conftest import ServedBot

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "header", [f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00", f"cc-{TRACE}-{PARENT}-01-what"]
)
def test_a_valid_traceparent_is_taken(header: str) -> None:
    assert tracing.begin(header) == TRACE
    outgoing = tracing.headers()["traceparent"]
    assert outgoing.startswith(f"00-{TRACE}-")
    assert PARENT not in outgoing
    assert outgoing[-3:] == header[52:55]


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "x", f"ff-{TRACE}-{PARENT}-01", f"00-{'0' * 32}-{PARENT}-01", f"00-{TRACE}-{'0' * 16}-01"),
        *(f"00-{TRACE.upper()}-{PARENT}-01", f"00-{TRACE}-{PARENT}-01\n", f"00-{TRACE}-{PARENT}-1", "00-" * 400),
        f"cc-{TRACE}-{PARENT}-01-{'x' * 500}",
    ],
)
def test_any_other_starts_a_trace_of_its_own(header: str | None) -> None:
    trace_id = tracing.begin(header)
    assert re.fullmatch(r"[0-9a-f]{32}", trace_id)
    assert trace_id != TRACE


def test_every_request_is_a_trace_of_its_own() -> None:
    assert tracing.begin(None) != tracing.begin(None)


async def test_the_callers_trace_goes_on_to_the_connector(bot: ServedBot, microsoft: Microsoft) -> None:
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {microsoft.channel.token()}",
        "traceparent": f"00-{TRACE}-{PARENT}-01",
    }
    activity = install_team(new_team("Ops"))
    async with bot.session.post(f"{bot.url}/api/messages", json=activity, headers=headers) as answer:
        assert answer.status == 201
    (posted,) = microsoft.connector.activities
    assert posted.headers["traceparent"].startswith(f"00-{TRACE}-")
