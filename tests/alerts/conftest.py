"""A bot that is connected to the sandbox Sentry, and hears its webhooks."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import GroupChat, PersonalChat, Team
from tests.alerts.world import Alerting
from tests.conftest import ServedBot
from tests.handlers.talk import connect


@pytest.fixture
async def alerting(
    start_bot: Callable[..., Awaitable[ServedBot]], microsoft: Microsoft, sentry: Sentry
) -> AsyncIterator[Alerting]:
    """A team that is connected to Sentry's organization."""
    team = Team()
    bot = await start_bot()
    await connect(bot, microsoft, sentry, team)
    yield Alerting(bot, microsoft, sentry, team)
    await sentry.settled()


@pytest.fixture(params=[Team, GroupChat, PersonalChat])
def any_place(request: pytest.FixtureRequest) -> Team | GroupChat | PersonalChat:
    """A place of each kind."""
    place: Team | GroupChat | PersonalChat = request.param()
    return place
