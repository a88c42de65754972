import re
import signal
import sys

import pytest
from playwright.sync_api import Error, Page, expect

from sandbox.child import Child
from tests.e2e.bot_process import REPOSITORY
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import TeamsClient


def test_the_demo_works_with_what_it_says_and_ends_with_ctrl_c(page: Page) -> None:
    with Child([sys.executable, "-m", "sandbox.demo"], REPOSITORY, ready="Ctrl-C") as demo:
        says = "".join(demo.output)
        teams = TeamsClient(page, _said(says, r"Open +(\S+)"))
        teams.open()
        setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
        setup.connect(_said(says, r"Organization slug +(\S+)"), _said(says, r"and (\S+) may read nothing"))
        expect(setup.problem).to_contain_text("permission")
        secret = _said(says, r"Client secret +(\S+)")
        setup.connect(_said(says, r"Organization slug +(\S+)"), _said(says, r"Token +(\S+)"), client_secret=secret)
        expect(setup.heading).to_contain_text("is connected")
        demo.signal(signal.SIGINT)
        assert demo.wait() == 0
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            teams.open()


def _said(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None
    return found.group(1)
