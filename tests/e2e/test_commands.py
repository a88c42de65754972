from playwright.sync_api import expect

from sandbox.sentry import Sentry
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import GENERAL, GROUP_CHAT, TeamsClient, keep_picture

HELP, UNKNOWN = "What I understand", "I did not understand that"
WELCOME = "Connect this chat to Sentry"


def test_commands_in_a_personal_chat(teams: TeamsClient) -> None:
    teams.say("help")
    expect(teams.card(HELP)).to_contain_text("disconnect")
    teams.say("  HELP ")
    teams.say("make me a <b>sandwich</b>")
    expect(teams.card(UNKNOWN)).not_to_contain_text("sandwich")
    teams.say("status")
    teams.say("disconnect")
    teams.expect_cards(WELCOME, HELP, HELP, UNKNOWN, "Not connected to Sentry", "Not connected to Sentry")
    keep_picture(teams.page, "commands")


def test_elsewhere_the_bot_answers_when_it_is_mentioned(teams: TeamsClient) -> None:
    teams.install_in(GROUP_CHAT)
    teams.mention("help")
    teams.expect_cards(WELCOME, HELP)
    teams.install_in(GENERAL)
    teams.mention(" Help")
    teams.expect_cards("Connect this team to Sentry", HELP)
    keep_picture(teams.page, "help-in-a-channel")


def test_status_and_disconnect(teams: TeamsClient, sentry: Sentry) -> None:
    teams.install_in(GENERAL)
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    setup.connect_to(sentry)
    expect(setup.heading).to_contain_text("is connected")
    teams.mention("status")
    status = teams.card(sentry.url.removeprefix("http://"))
    expect(status).to_contain_text(sentry.organization.name)
    expect(status).to_contain_text("Alex Wilber")
    keep_picture(teams.page, "status")
    _disconnect(teams, "Cancel", "Still connected to Sentry")
    _disconnect(teams, "Disconnect", "Disconnected from Sentry")
    keep_picture(teams.page, "disconnected")
    teams.mention("status")
    expect(teams.card("Not connected to Sentry")).to_have_count(1)


def _disconnect(teams: TeamsClient, answer: str, outcome: str) -> None:
    """The question gives way to the outcome, so that nobody can answer it twice."""
    teams.mention("disconnect")
    question = teams.card("Disconnect “The Interstellar Jurisdiction”?")
    keep_picture(teams.page, "disconnect")
    teams.press(question, answer, "invoke")
    expect(teams.card(outcome)).to_have_count(1)
    expect(question).to_have_count(0)
