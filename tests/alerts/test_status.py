"""`status` says whether alerts get through: nothing is missing silently."""

from sandbox.faults import respond
from tests.alerts.world import Alerting
from tests.databases import ask
from tests.handlers.talk import happens


async def test_status_tells_the_last_alert_and_when_sentry_last_sent_something(alerting: Alerting) -> None:
    before = await alerting.say("status")
    assert "Last alert\nnone yet" in before
    assert "nothing in the last three days" in before
    await alerting.sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    await happens(lambda: card.activity_id)
    after = await alerting.say("status")
    assert "none yet" not in after
    assert "nothing in the last three days" not in after
    assert "Waiting" not in after
    assert "Not delivered" not in after


async def test_status_tells_what_gave_up_and_why(alerting: Alerting, values: dict[str, str]) -> None:
    refusal = {"error": {"code": "BadArgument", "message": "the card is no good"}}
    alerting.microsoft.connector.faults.add(respond(400, json=refusal))
    await alerting.sentry.raise_issue_alert()
    failed = "SELECT count(*) FROM deliveries WHERE state = 2"
    await happens(lambda: ask(values["DATABASE_URL"], failed) == [(1,)])
    status = await alerting.say("status")
    assert "Not delivered\n1 message: " in status
    assert "BadArgument" in status
    assert "Last alert\nnone yet" in status


async def test_status_tells_what_waits(alerting: Alerting, values: dict[str, str]) -> None:
    alerting.microsoft.connector.faults.add(respond(429, headers={"Retry-After": "60"}))
    await alerting.sentry.raise_issue_alert()
    tried = "SELECT count(*) FROM deliveries WHERE state = 0 AND attempts = 1"
    await happens(lambda: ask(values["DATABASE_URL"], tried) == [(1,)])
    assert "Waiting\n1 message since" in await alerting.say("status")
