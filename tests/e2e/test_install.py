import pytest
from playwright.sync_api import expect

from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import ANNOUNCEMENTS, GENERAL, GROUP_CHAT, PERSONAL, TeamsClient, keep_picture

CHAT, TEAM = "Connect this chat to Sentry", "Connect this team to Sentry"


def test_each_place_is_greeted_with_exactly_one_card(teams: TeamsClient) -> None:
    teams.expect_cards(CHAT)
    teams.install_in(GROUP_CHAT)
    teams.expect_cards(CHAT)
    keep_picture(teams.page, "welcome-group-chat")
    teams.install_in(GENERAL)
    teams.expect_cards(TEAM)
    keep_picture(teams.page, "welcome-team")
    keep_picture(teams.cards, "welcome-card")
    teams.go_to(ANNOUNCEMENTS)
    teams.expect_cards()
    teams.go_to(PERSONAL)
    teams.expect_cards(CHAT)
    keep_picture(teams.page, "welcome-personal-chat")


def test_a_team_is_greeted_in_the_channel_that_was_chosen(teams: TeamsClient) -> None:
    teams.install_in(ANNOUNCEMENTS)
    teams.expect_cards(TEAM)
    teams.go_to(GENERAL)
    teams.expect_cards()


def test_the_same_installation_announced_again_is_not_greeted_again(teams: TeamsClient) -> None:
    teams.mock("Add application", "conversationUpdate")
    teams.mock("Install application", "installationUpdate")
    teams.expect_cards(CHAT)
    teams.open()
    teams.expect_cards()


def test_other_members_come_and_go_unnoticed(teams: TeamsClient) -> None:
    teams.install_in(GROUP_CHAT)
    teams.mock("Remove user", "conversationUpdate")
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    expect(setup.heading).to_have_text("Connect Sentry to Group Chat")
    teams.mock("Remove application", "conversationUpdate")
    teams.mock("Add user", "conversationUpdate")
    teams.expect_cards(CHAT)


@pytest.mark.parametrize(
    ("place", "removal", "return_"),
    [
        (PERSONAL, "Uninstall application", "Install application"),
        (GROUP_CHAT, "Remove application", "Add application"),
        (GENERAL, "Remove team", "Install application"),
    ],
)
def test_a_place_that_the_bot_left_is_forgotten_and_greeted_when_it_returns(
    teams: TeamsClient, place: str, removal: str, return_: str
) -> None:
    if place != PERSONAL:
        teams.install_in(place)
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    expect(setup.heading).to_contain_text("Connect Sentry to")
    teams.mock(removal, _kind(removal))
    setup.page.reload()
    expect(setup.heading).to_have_text("The bot is not there any more")
    teams.mock(return_, _kind(return_))
    expect(teams.cards).to_have_count(2)
    setup.page.reload()
    expect(setup.heading).to_have_text("This setup link was replaced")
    teams.expect_cards(*[TEAM if place == GENERAL else CHAT] * 2)


def _kind(event: str) -> str:
    return "installationUpdate" if "nstall" in event else "conversationUpdate"
