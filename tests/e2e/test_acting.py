"""What people press on an issue's card, and what Sentry says of it afterwards."""

import re

import pytest
from playwright.sync_api import Locator, expect

from sandbox.sentry import Sentry
from tests.e2e.sentry_page import ISSUE, WEB_1, SentryPage, approve, sign_in
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import GENERAL, PERSONAL, TeamsClient, keep_picture


@pytest.fixture
def card(channel: TeamsClient, sentry_page: SentryPage) -> Locator:
    """The card of an issue in a connected channel."""
    sentry_page.raise_alert()
    card = channel.card(ISSUE)
    expect(card).to_contain_text(WEB_1)
    return card


def test_the_click_of_somebody_unknown_is_carried_out_after_the_sign_in(
    channel: TeamsClient, card: Locator, sentry_page: SentryPage
) -> None:
    channel.press(card, "Resolve", "invoke")
    question = channel.card("Sign in, and I do this for you: resolve it (WEB-1)")
    expect(question).to_have_count(1)
    keep_picture(channel.page, "unknown-click")
    page = channel.open_link(question, "Sign in with Sentry")
    keep_picture(page, "sign-in-page")
    sign_in(page)
    expect(page.get_by_role("status")).to_have_text("Your click was carried out.")
    keep_picture(page, "signed-in")
    expect(sentry_page.row(WEB_1).locator(".status")).to_have_text("resolved")
    channel.look()
    expect(card).to_contain_text("Resolved")
    expect(question).to_have_count(0)
    keep_picture(card, "resolved-card")
    channel.go_to(PERSONAL)
    expect(channel.card("Signed in with Sentry")).to_contain_text("Your click was carried out.")


def test_who_is_known_resolves_assigns_and_comments(
    channel: TeamsClient, card: Locator, sentry_page: SentryPage, sentry: Sentry
) -> None:
    channel.look()
    channel.go_to(PERSONAL)
    channel.say("link")
    sign_in(channel.open_link(channel.card("Sign in"), "Sign in with Sentry"))
    channel.say("whoami")
    expect(channel.card("Dana, dana@example.com")).to_have_count(1)
    keep_picture(channel.page, "whoami")
    channel.go_to(GENERAL)
    channel.press(card, "Resolve", "invoke")
    expect(card).to_contain_text("Resolved")
    channel.choose_from(card, "Assign", "Ravi")
    keep_picture(channel.page, "assign")
    channel.press(card, "Assign", "invoke", last=True)
    expect(card).to_contain_text(re.compile("Assignee.{0,3}Ravi"))
    comment = card.get_by_role("textbox", name="Comment")
    channel.unfold(card, "More", comment)
    comment.fill("Fixed by the new rounding")
    keep_picture(channel.page, "more")
    channel.press(card, "Add comment", "invoke")
    expect(channel.card("Dana commented in Sentry")).to_contain_text("Fixed by the new rounding")
    keep_picture(channel.page, "commented")
    row = sentry_page.row(WEB_1)
    expect(row.locator(".status")).to_have_text("resolved")
    expect(row).to_contain_text("Fixed by the new rounding")
    expect(row.locator("td").nth(2)).to_have_text("Ravi")
    keep_picture(sentry_page.page, "sentry-page")
    assert sentry.violations == []


def test_signing_in_with_sentry_offers_the_organizations(teams: TeamsClient, sentry: Sentry) -> None:
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    setup.page.get_by_role("link", name="Sign in with Sentry").click()
    approve(setup.page)
    keep_picture(setup.page, "setup-choices")
    setup.page.get_by_role("link", name=sentry.organization.name).click()
    expect(setup.page.get_by_label("Organization slug")).to_have_value(sentry.organization.slug)
    setup.connect_to(sentry)
    expect(setup.heading).to_contain_text("is connected")
    expect(teams.card("Sentry is connected")).to_have_count(1)
