"""Whom an issue can be given to stands on the alert's card already, for clients that cannot search while one types."""

from sandbox.sentry_hooks import Alert, Failure
from tests.alerts.world import Alerting


async def test_the_card_of_an_alert_offers_the_teams_and_members_of_the_project(alerting: Alerting) -> None:
    await alerting.sentry.raise_issue_alert()
    await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: second")))
    for title in ("ValueError", "KeyError"):
        posted = await alerting.card(title)
        actions = posted.activity["attachments"][0]["content"]["actions"]
        choices = next(each for each in actions if each["title"] == "Assign")["card"]["body"][0]["choices"]
        assert [each["title"].strip("\u2068\u2069") for each in choices] == ["#backend", "Dana", "Ravi"]
    members = [path for path in alerting.sentry.requests if path.endswith("/members/")]
    assert [alerting.sentry.requests[path] for path in members] == [1]
