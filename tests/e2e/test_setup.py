import pytest
from playwright.sync_api import expect

import sandbox.sentry
from sandbox.sentry import Sentry
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import GENERAL, GROUP_CHAT, PERSONAL, TeamsClient, keep_picture

ORGANIZATION = sandbox.sentry.ORGANIZATION[1]
CONNECTED, CONFIRMATION = f"Connected to “{ORGANIZATION}”", "Sentry is connected"
NEW_LINK = "Connect to Sentry"
# Keeps a client from reading a tag where a name has one; takes no room.
WORD_JOINER = "\N{WORD JOINER}"


@pytest.mark.parametrize(
    ("place", "called", "picture"),
    [
        (PERSONAL, "your chat with the bot", "personal-chat"),
        (GROUP_CHAT, "Group Chat", "group-chat"),
        (GENERAL, "My Team", "team"),
    ],
)
def test_a_place_is_connected(teams: TeamsClient, sentry: Sentry, place: str, called: str, picture: str) -> None:
    if place != PERSONAL:
        teams.install_in(place)
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    expect(setup.heading).to_have_text(f"Connect Sentry to {called}")
    keep_picture(setup.page, f"setup-{picture}")
    link = setup.page.url
    setup.connect_to(sentry)
    expect(setup.heading).to_have_text(f"{ORGANIZATION} is connected to {called}")
    expect(setup.page.get_by_text("The confirmation is waiting in Teams.")).to_be_visible()
    keep_picture(setup.page, f"done-{picture}")
    teams.expect_cards(CONNECTED, CONFIRMATION)
    expect(teams.card(CONNECTED).get_by_role("link", name="Set up Sentry")).to_have_count(0)
    expect(teams.card(CONFIRMATION)).to_contain_text("Alex Wilber")
    open_sentry = teams.card(CONFIRMATION).get_by_role("link", name="Open Sentry")
    expect(open_sentry).to_have_attribute("title", f"{sentry.url}/organizations/{sentry.organization.slug}")
    keep_picture(teams.page, f"connected-{picture}")
    setup.page.goto(link)
    expect(setup.heading).to_have_text(f"Already connected to {ORGANIZATION}")


def test_a_refused_token_can_be_corrected_on_the_same_page(teams: TeamsClient, sentry: Sentry) -> None:
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    setup.connect(sentry.organization.slug, "sntrys_wrong", sentry.app.client_secret, "Alex Wilber")
    expect(setup.problem).to_contain_text("does not accept this token")
    keep_picture(setup.page, "setup-problem")
    expect(setup.page.get_by_label("Organization slug")).to_have_value(sentry.organization.slug)
    expect(setup.page.get_by_label("Token", exact=True)).to_have_value("")
    setup.page.get_by_label("Token", exact=True).fill(sentry.token)
    setup.page.get_by_label("Client secret").fill(sentry.app.client_secret)
    setup.page.keyboard.press("Enter")
    expect(setup.heading).to_contain_text("is connected")
    teams.expect_cards(CONNECTED, CONFIRMATION)


@pytest.mark.parametrize("place", [PERSONAL, GENERAL])
def test_setup_gives_a_new_link_that_replaces_the_old_one(teams: TeamsClient, sentry: Sentry, place: str) -> None:
    if place != PERSONAL:
        teams.install_in(place)
    first = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    teams.say("setup") if place == PERSONAL else teams.mention("setup")
    second = SetupPage(teams.open_link(teams.card(NEW_LINK), "Set up Sentry"))
    first.page.reload()
    expect(first.heading).to_have_text("This setup link was replaced")
    second.connect_to(sentry)
    expect(second.heading).to_contain_text("is connected")
    expect(teams.card(CONFIRMATION)).to_have_count(1)
    expect(teams.card(NEW_LINK)).to_have_count(0)
    keep_picture(teams.page, "setup-again")


def test_names_are_shown_as_they_are_written(teams: TeamsClient) -> None:
    name = "[x](http://evil) *a* _b_ <at>c</at>"
    teams.install_in(GENERAL)
    teams.rename_team(name)
    teams.mention("setup")
    card = teams.card(NEW_LINK)
    expect(card).to_have_count(1)
    assert f"“{name}”" in card.inner_text().replace(WORD_JOINER, "")
    expect(card.locator("a, em, strong")).to_have_count(0)
    keep_picture(teams.page, "name-with-markup")
    setup = SetupPage(teams.open_link(card, "Set up Sentry"))
    expect(setup.heading).to_have_text(f"Connect Sentry to {name}")


def test_the_setup_page_in_the_dark_and_on_a_phone(teams: TeamsClient) -> None:
    page = teams.open_link(teams.cards, "Set up Sentry")
    steps = page.locator("summary")
    steps.click()
    keep_picture(page.locator("main"), "setup-page")
    steps.click()
    page.emulate_media(color_scheme="dark")
    keep_picture(page, "setup-dark")
    page.set_viewport_size({"width": 360, "height": 740})
    keep_picture(page, "setup-phone-dark")
    page.emulate_media(color_scheme="light")
    keep_picture(page, "setup-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
