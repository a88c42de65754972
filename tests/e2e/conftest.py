"""Each test has a bot with an empty database and a window of its own; everything else is shared."""

import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from sandbox.playground import Playground
from sandbox.sentry import Sentry
from tests.e2e.bot_process import BotProcess, bot_url, free_port
from tests.e2e.sentry_page import SentryPage
from tests.e2e.setup_page import SetupPage
from tests.e2e.teams_client import GENERAL, PICTURES, TeamsClient, keep_picture

PATIENCE = 30_000
FAILED = pytest.StashKey[bool]()
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that is installed here; without one, Playwright's own (playwright install chromium)."""
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    expect.set_options(timeout=PATIENCE)
    shutil.rmtree(PICTURES, ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sentry() -> Iterator[Sentry]:
    with Sentry() as sentry:
        yield sentry


@pytest.fixture(scope="session")
def port() -> int:
    """Where every test's bot listens, so that all of them can share a Playground."""
    return free_port()


@pytest.fixture
def bot(tmp_path: Path, sentry: Sentry, port: int) -> Iterator[BotProcess]:
    """Whatever a test does, the bot must not stumble."""
    sentry.reset()
    sentry.serve(bot_url(port))
    bot = BotProcess(tmp_path, port, sentry)
    with bot.child:
        yield bot
    written = "".join(bot.child.output)
    print(written)  # noqa: T201 - pytest shows it where a test fails
    assert "Traceback" not in written
    assert "[error" not in written


@pytest.fixture(scope="session")
def playground(port: int) -> Iterator[Playground]:
    with Playground(f"{bot_url(port)}/api/messages", port=0) as playground:
        yield playground


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Reaches this machine only: the Playground's page asks Microsoft for fonts."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(PATIENCE)
    context.route("https://**", _refuse)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window; what it and the pages that it opened show in the end is kept when the test fails."""
    yield context.new_page()
    failed = request.node.stash.get(FAILED, False)
    for number, page in enumerate(context.pages):
        if failed:
            keep_picture(page, f"failed-{re.sub(r'[^a-z]+', '-', request.node.name.lower())}{number}")
        page.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def _refuse(route: Route) -> None:
    route.abort()


@pytest.fixture
def teams(bot: BotProcess, playground: Playground, page: Page) -> TeamsClient:
    """The window of somebody who has just opened Teams: the bot is installed in the personal chat."""
    client = TeamsClient(page, playground.url)
    client.open()
    return client


@pytest.fixture
def channel(teams: TeamsClient, sentry: Sentry) -> TeamsClient:
    """The same window, in a channel that is connected to Sentry."""
    teams.install_in(GENERAL)
    setup = SetupPage(teams.open_link(teams.cards, "Set up Sentry"))
    setup.connect_to(sentry)
    expect(setup.heading).to_contain_text("is connected")
    setup.page.close()
    return teams


@pytest.fixture
def sentry_page(sentry: Sentry, context: BrowserContext, teams: TeamsClient) -> SentryPage:
    """A second window, in which somebody looks at Sentry."""
    return SentryPage(context.new_page(), sentry.url)
