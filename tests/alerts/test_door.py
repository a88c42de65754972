"""POST /sentry/webhook: who is let in, and what everybody else is told."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import pytest

from sandbox.faults import hang
from sandbox.sentry_delivery import sign
from sandbox.sentry_hooks import Alert
from tests.alerts.world import Alerting
from tests.conftest import ServedBot
from tests.handlers.talk import happens


async def knock(bot: ServedBot, body: bytes, secret: str, **headers: str) -> int:
    """Send a webhook signed by `secret`; returns the status."""
    all_headers = {"Sentry-Hook-Resource": "event_alert", "Sentry-Hook-Signature": sign(secret, body), **headers}
    async with bot.session.post(f"{bot.url}/sentry/webhook", data=io.BytesIO(body), headers=all_headers) as response:
        return response.status


def body_for(installation: str) -> bytes:
    return json.dumps({"action": "triggered", "installation": {"uuid": installation}, "data": {}}).encode()


async def test_a_wrong_signature_is_refused_and_the_operator_told_what_to_do(
    alerting: Alerting, capsys: pytest.CaptureFixture[str]
) -> None:
    await alerting.sentry.raise_issue_alert()
    await alerting.card("ValueError: bad total")
    assert await knock(alerting.bot, body_for(alerting.sentry.app.installation), "x" * 64) == 401
    logged = capsys.readouterr().out
    assert "does not fit the client secret that is stored for the-interstellar-jurisdiction" in logged
    assert "run the setup again" in logged


async def test_without_any_secret_the_operator_is_told_to_run_the_setup(
    bot: ServedBot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await knock(bot, body_for("11111111-1111-1111-1111-111111111111"), "x" * 64) == 401
    assert "No client secret is known yet: run the setup" in capsys.readouterr().out


async def test_the_log_does_not_grow_with_the_number_of_strangers(
    bot: ServedBot, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = await asyncio.gather(*(knock(bot, body_for("a" * 32), str(number)) for number in range(50)))
    assert set(statuses) == {401}
    assert capsys.readouterr().out.count("webhook refused") == 1


@pytest.mark.parametrize("headers", [{"Sentry-Hook-Signature": ""}, {"Sentry-Hook-Signature": "é"}])
async def test_no_signature_is_no_signature(alerting: Alerting, headers: dict[str, str]) -> None:
    secret = alerting.sentry.app.client_secret
    assert await knock(alerting.bot, body_for(alerting.sentry.app.installation), secret, **headers) == 401


async def test_the_signature_is_over_the_raw_bytes(alerting: Alerting) -> None:
    body, secret = body_for(alerting.sentry.app.installation), alerting.sentry.app.client_secret
    good = sign(secret, body)
    assert await knock(alerting.bot, body + b" ", secret, **{"Sentry-Hook-Signature": good}) == 401


async def test_too_large_is_refused_before_it_is_read(bot: ServedBot) -> None:
    assert await knock(bot, b"x" * (5 * 1024 * 1024 + 1), "secret") == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    async with bot.session.post(f"{bot.url}/sentry/webhook", data=endless()) as response:
        assert response.status == 413


@pytest.mark.parametrize("resource", ["seer", "preprod_artifact", "", "x" * 5000])
async def test_unknown_resources_are_taken(alerting: Alerting, resource: str) -> None:
    assert (await alerting.sentry.send(resource, "created", {})).status == 200


@pytest.mark.parametrize(
    "data",
    [None, [], "text", {}, {"event": None}, {"event": {"issue_id": None}}, {"event": {"issue_id": "1", "tags": 3}}],
)
async def test_odd_alerts_are_taken_and_break_nothing(alerting: Alerting, data: object) -> None:
    assert (await alerting.sentry.send("event_alert", "triggered", data)).status == 200
    await alerting.sentry.raise_issue_alert(Alert())
    await alerting.card("ValueError: bad total")


async def test_a_stack_trace_of_a_megabyte_is_one_card(alerting: Alerting) -> None:
    _, delivery = await alerting.sentry.raise_issue_alert()
    await alerting.card("ValueError: bad total")
    whole = json.loads(delivery.body)
    frames = whole["data"]["event"]["exception"]["values"][0]["stacktrace"]["frames"]
    frames[:0] = [{"filename": "lib/deep.py", "function": "f" * 90, "lineno": 1, "in_app": False}] * 8000
    whole["data"]["event"] |= {"issue_id": "4242", "title": "RecursionError: deep"}
    body = json.dumps(whole).encode()
    assert len(body) > 1_000_000
    sent = await alerting.sentry.send_bytes("event_alert", body)
    assert (sent.status, sent.took < 1) == (200, True)
    await alerting.card("RecursionError: deep")


async def test_a_webhook_is_answered_while_teams_and_sentry_hang(alerting: Alerting) -> None:
    alerting.sentry.faults.add(hang(), times=3)
    _, delivery = await alerting.sentry.raise_issue_alert()
    assert delivery.status == 200
    assert delivery.took < 1
    await happens(lambda: alerting.cards("ValueError: bad total"))
