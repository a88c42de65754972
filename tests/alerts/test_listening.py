"""Who hears what: subscriptions, filters, silence."""

from collections.abc import Awaitable, Callable

import pytest

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure, Measure
from sandbox.teams import Team
from tests.alerts.world import Alerting
from tests.conftest import ServedBot
from tests.handlers.talk import Place, connect

LAST = Alert(failure=Failure(title="TheLast: one", level="fatal", environment="production", tags={"region": "eu"}))


async def hears(alerting: Alerting, alert: Alert, *, last: Alert = LAST) -> bool:
    """Whether a card comes of the alert; the other one, which comes for sure, tells when to stop waiting."""
    await alerting.sentry.raise_issue_alert(alert)
    await alerting.sentry.raise_issue_alert(last)
    await alerting.card(last.failure.title)
    return bool(alerting.cards(alert.failure.title))


@pytest.mark.parametrize(
    ("wanted", "failure", "project", "is_heard"),
    [
        ("project:web", Failure(), "web", True),
        ("project:web", Failure(), "mobile", False),
        ("level:error,fatal", Failure(), "web", True),
        ("level:fatal", Failure(), "web", False),
        ("environment:production", Failure(), "web", True),
        ("env:production", Failure(environment="staging"), "web", False),
        ("tag:region=eu", Failure(tags={"region": "eu"}), "web", True),
        ("tag:region:eu", Failure(tags={"region": "us"}), "web", False),
        ("issues project:web level:error,fatal", Failure(), "web", True),
    ],
)
async def test_a_subscription_filters(
    alerting: Alerting, wanted: str, failure: Failure, project: str, *, is_heard: bool
) -> None:
    assert "Subscribed" in await alerting.say(f"subscribe {wanted}")
    assert await hears(alerting, Alert(failure=failure, project=project)) is is_heard


async def test_who_subscribes_to_metrics_hears_no_issues(alerting: Alerting) -> None:
    await alerting.say("subscribe metrics")
    await alerting.sentry.raise_issue_alert()
    await alerting.sentry.raise_metric_alert(Measure())
    await alerting.card("Critical: Error rate")
    assert not alerting.cards("ValueError: bad total")


async def test_subscriptions_are_listed_and_ended_by_number(alerting: Alerting) -> None:
    assert "all that name no place" in await alerting.say("subscriptions")
    await alerting.say("subscribe issues project:mobile")
    await alerting.say("subscribe issues level:fatal")
    listed = await alerting.say("subscriptions")
    assert "project mobile" in listed
    assert "level fatal" in listed
    assert "1 subscription left here" in await alerting.say("unsubscribe 1")
    assert "project mobile" not in await alerting.say("subscriptions")
    assert "No subscriptions left here" in await alerting.say("unsubscribe all")


async def test_what_is_not_understood_is_said(alerting: Alerting) -> None:
    assert "subscribe issues project:web" in await alerting.say("subscribe everything please")
    assert "is no level" in await alerting.say("subscribe level:terrible")
    assert "mute 30m" in await alerting.say("mute forever")
    assert "is not connected here" in await alerting.say("subscribe org:elsewhere")


async def test_a_muted_place_hears_nothing_new(alerting: Alerting) -> None:
    issue, _ = await alerting.sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    assert "muted" in await alerting.say("mute 2h")
    await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: unheard")))
    await alerting.sentry.change_issue(issue.id, {"status": "resolved"}, alerting.sentry.furniture.dana)
    await alerting.looks(card, "Resolved")
    assert "on again" in await alerting.say("unmute")
    await alerting.sentry.raise_issue_alert(Alert(failure=Failure(title="KeyError: heard")))
    await alerting.card("KeyError: heard")
    assert not alerting.cards("KeyError: unheard")


async def test_a_sample_is_shown(alerting: Alerting) -> None:
    assert "A sample: nothing is broken" in await alerting.say("test")


async def test_nothing_is_subscribed_to_without_a_connection(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, any_place: Place
) -> None:
    assert "Not connected to Sentry" in await Alerting(bot, microsoft, sentry, any_place).say("subscribe")


async def test_every_kind_of_place_subscribes(
    start_bot: Callable[..., Awaitable[ServedBot]], microsoft: Microsoft, sentry: Sentry, any_place: Place
) -> None:
    bot = await start_bot()
    await connect(bot, microsoft, sentry, any_place)
    alerting = Alerting(bot, microsoft, sentry, any_place)
    await alerting.say("subscribe level:error")
    await sentry.raise_issue_alert()
    assert await alerting.card("ValueError: bad total")


async def test_a_private_or_shared_channel_hears_what_it_subscribes_to(alerting: Alerting) -> None:
    channel = Team(channel_id="19:private@thread.tacv2")
    private = Alerting(alerting.bot, alerting.microsoft, alerting.sentry, channel)
    await private.say("subscribe project:web")
    await alerting.sentry.raise_issue_alert()
    card = await alerting.card("ValueError: bad total")
    assert card.conversation_id == "19:private@thread.tacv2"
