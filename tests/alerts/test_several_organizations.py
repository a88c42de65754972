"""One place, several organizations: EU and US, cloud and self-hosted."""

from collections.abc import Awaitable, Callable, Iterator

import pytest

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure
from sandbox.teams import Team, execute
from tests.alerts.world import Alerting, words
from tests.conftest import ServedBot
from tests.handlers.talk import connect, finish_setup


@pytest.fixture
def other_sentry() -> Iterator[Sentry]:
    """Another Sentry installation, as the one of another region."""
    with Sentry() as server:
        yield server


@pytest.fixture
async def both(
    start_bot: Callable[..., Awaitable[ServedBot]], microsoft: Microsoft, sentry: Sentry, other_sentry: Sentry
) -> tuple[Alerting, Alerting]:
    """A team that is connected to an organization in each of two Sentry installations."""
    bot, team = await start_bot(SENTRY_URLS=f"{sentry.url} {other_sentry.url}"), Team()
    await connect(bot, microsoft, sentry, team)
    first = Alerting(bot, microsoft, sentry, team)
    await first.say("setup")
    await finish_setup(bot, microsoft, other_sentry)
    return first, Alerting(bot, microsoft, other_sentry, team)


async def test_a_place_hears_both(both: tuple[Alerting, Alerting]) -> None:
    first, second = both
    await first.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: from one")))
    await second.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: from the other")))
    one = words((await first.card("KeyError: from one")).activity)
    other = words((await first.card("KeyError: from the other")).activity)
    assert first.sentry.url in one
    assert second.sentry.url in other


async def test_status_names_both_and_disconnect_asks_which(both: tuple[Alerting, Alerting]) -> None:
    first, second = both
    status = await first.say("status")
    assert first.sentry.url.removeprefix("http://") in status
    assert second.sentry.url.removeprefix("http://") in status
    await first.say("disconnect")
    card = first.posted[-1].activity["attachments"][0]["content"]
    button = next(action for action in card["actions"] if "connection" in action.get("data", {}))
    answer = await first.bot.teams.post(execute(first.place, button["data"], verb=button["verb"]))
    assert answer.status == 200
    await first.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: cut")))
    await second.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: kept")))
    await first.card("KeyError: kept")
    assert not first.cards("KeyError: cut")
