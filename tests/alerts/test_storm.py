"""A long storm: Sentry is asked now and then, so that the card's figures are right while it goes on."""

import pytest

from sandbox.sentry_hooks import Alert
from services.alerts import placing
from services.alerts.seldom import MOST, Seldom
from tests.alerts.world import Alerting


def test_something_is_due_once_in_its_time_and_memory_is_bounded() -> None:
    often, never = Seldom(0.0), Seldom(3600.0)
    assert often.is_due("a")
    assert [never.is_due("a") for _ in range(3)] == [False] * 3
    for number in range(MOST * 2):
        never.is_due(number)
    assert len(never._last) <= MOST


@pytest.fixture(autouse=True)
def asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "ASKED_EVERY", 0.0)


async def test_the_card_of_a_storm_shows_how_many_users_there_are(alerting: Alerting) -> None:
    issue, _ = await alerting.sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    issue.users = 41
    await alerting.sentry.raise_issue_alert(Alert(issue_id=issue.id))
    assert "2 events, 42 users" in await alerting.looks(card, "Updated: 1 event")
