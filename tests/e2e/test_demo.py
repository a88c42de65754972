import re
import signal
import sys

import pytest
from playwright.sync_api import Error, Page, expect

from sandbox.child import ENDS_WITHIN, Child
from tests.e2e.bot_process import REPOSITORY
from tests.e2e.sentry_page import ISSUE, WEB_1, SentryPage, sign_in
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import TeamsClient, keep_picture


def test_the_demo_works_with_what_it_says_and_ends_with_ctrl_c(page: Page) -> None:
    with Child([sys.executable, "-m", "sandbox.demo"], REPOSITORY, ready="Ctrl-C") as demo:
        says = "".join(demo.output)
        teams = TeamsClient(page, _said(says, r"Open +(\S+)"))
        teams.open()
        _set_up(teams, says)
        sentry = SentryPage(page.context.new_page(), _said(says, r"Open +(\S+)/sandbox/"))
        _resolve_an_alert(teams, sentry)
        demo.signal(signal.SIGINT)
        assert demo.wait(ENDS_WITHIN) == 0
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            teams.open()


def _set_up(teams: TeamsClient, says: str) -> None:
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    organization, secret = _said(says, r"Organization slug +(\S+)"), _said(says, r"Client secret +(\S+)")
    setup.connect(organization, _said(says, r"and (\S+) may read nothing"), secret)
    expect(setup.problem).to_contain_text("permission")
    setup.connect(organization, _said(says, r"Token +(\S+)"), secret)
    expect(setup.heading).to_contain_text("is connected")


def _resolve_an_alert(teams: TeamsClient, sentry: SentryPage) -> None:
    """Everything is seen on both sides."""
    sentry.raise_alert()
    keep_picture(sentry.page, "demo-1-raised")
    card = teams.card(ISSUE)
    expect(card).to_contain_text(WEB_1)
    teams.press(card, "Resolve", "invoke")
    keep_picture(teams.page, "demo-2-pressed")
    sign_in(teams.open_link(teams.card("Sign in, and I do this for you: resolve it (WEB-1)"), "Sign in with Sentry"))
    expect(sentry.row(WEB_1).locator(".status")).to_have_text("resolved")
    keep_picture(sentry.page, "demo-3-resolved")
    sentry.change(WEB_1, "Reopen")
    expect(card.get_by_role("button", name="Resolve", exact=True)).to_have_count(1)
    teams.look()
    keep_picture(teams.page, "demo-4-reopened")


def _said(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None
    return found.group(1)
