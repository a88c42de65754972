"""From an error in Sentry to a card in Teams, and what becomes of both."""

import pytest
from playwright.sync_api import expect

from sandbox.sentry import Sentry
from tests.e2e.sentry_page import ISSUE, WEB_1, SentryPage
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import GROUP_CHAT, PERSONAL, TeamsClient, keep_picture


@pytest.mark.parametrize(("place", "picture"), [(PERSONAL, "personal-chat"), (GROUP_CHAT, "group-chat")])
def test_an_alert_arrives_in_a_chat(
    teams: TeamsClient, sentry: Sentry, sentry_page: SentryPage, place: str, picture: str
) -> None:
    teams.look()
    if place != PERSONAL:
        teams.install_in(place)
    SetupPage(teams.open_link(teams.cards, "Set up Sentry")).connect_to(sentry)
    expect(teams.card("Sentry is connected")).to_have_count(1)
    sentry_page.raise_alert()
    card = teams.card(ISSUE)
    expect(card).to_contain_text("Errors in checkout")
    expect(card).to_contain_text(WEB_1)
    sentry_page.raise_metric_alert("critical")
    measured = teams.card("Error rate")
    expect(measured).to_contain_text("Critical")
    sentry_page.raise_metric_alert("resolved")
    expect(measured).to_contain_text("Resolved")
    teams.look()
    keep_picture(teams.page, f"alert-{picture}")
    assert sentry.violations == []


def test_a_storm_is_counted_on_the_card(channel: TeamsClient, sentry_page: SentryPage) -> None:
    sentry_page.raise_alert()
    card = channel.card(ISSUE)
    expect(card).to_contain_text(WEB_1)
    keep_picture(card, "alert-card")
    sentry_page.raise_storm(WEB_1, times=40)
    expect(card).to_contain_text("40 events in the last minute")
    channel.look()
    channel.expect_cards("Connected to “The Interstellar Jurisdiction”", "Sentry is connected", ISSUE)
    keep_picture(channel.page, "storm")


def test_the_card_follows_what_happens_in_sentry(channel: TeamsClient, sentry_page: SentryPage) -> None:
    sentry_page.raise_alert()
    card = channel.card(ISSUE)
    expect(card).to_contain_text(WEB_1)
    sentry_page.comment(WEB_1, "Looks like the *discount* again")
    comment = channel.card("Looks like the *discount* again")
    expect(comment).to_contain_text("Ravi commented in Sentry")
    sentry_page.change(WEB_1, "Resolve")
    expect(card.get_by_role("button", name="Unresolve")).to_have_count(1)
    expect(card).to_contain_text("Resolved")
    channel.look()
    keep_picture(channel.page, "followed")
    sentry_page.change(WEB_1, "Reopen")
    expect(card.get_by_role("button", name="Resolve", exact=True)).to_have_count(1)


def test_a_chat_says_what_it_wants(teams: TeamsClient, sentry: Sentry, sentry_page: SentryPage) -> None:
    SetupPage(teams.open_link(teams.cards, "Set up Sentry")).connect_to(sentry)
    expect(teams.card("Sentry is connected")).to_have_count(1)
    teams.say("test")
    expect(teams.card("sample")).to_have_count(1)
    teams.say("subscribe issues project:mobile")
    expect(teams.card("Subscribed")).to_contain_text("mobile")
    sentry_page.raise_alert("KeyError: unwanted")
    sentry_page.raise_alert("KeyError: wanted", project="mobile")
    expect(teams.card("KeyError: wanted")).to_have_count(1)
    expect(teams.card("KeyError: unwanted")).to_have_count(0)
    teams.say(f"issue {WEB_1}")
    expect(teams.card("KeyError: unwanted")).to_have_count(1)
    teams.say("mute 2h")
    teams.say("subscriptions")
    expect(teams.card("What comes to")).to_contain_text("Muted until")
    keep_picture(teams.page, "subscriptions")
