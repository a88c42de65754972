from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from sandbox.sentry import Sentry
from sandbox.sentry_description import description_file
from sandbox.sentry_hooks import Alert
from sandbox.sentry_records import Issue
from sentry_api import Access, SentryApi
from tests.sentry_api.asking import person


@pytest.fixture(scope="session")
def sentry_of_session() -> Iterator[Sentry]:
    with Sentry() as running:
        yield running


@pytest.fixture
def sentry(sentry_of_session: Sentry) -> Iterator[Sentry]:
    """A Sentry as furnished; every request was as Sentry describes its API, where that description is at hand."""
    sentry_of_session.reset()
    yield sentry_of_session
    assert sentry_of_session.violations == []


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
def api(session: aiohttp.ClientSession, sentry: Sentry) -> SentryApi:
    return SentryApi(session, [sentry.url], time_limit=2)


@pytest.fixture
def access(sentry: Sentry) -> Access:
    """As the integration."""
    return Access(sentry.url, sentry.organization.slug, sentry.token)


@pytest.fixture
def dana(sentry: Sentry) -> Access:
    """As Dana, who is in the team of the project "web"."""
    return person(sentry, sentry.furniture.dana)


@pytest.fixture
async def issue(sentry: Sentry) -> Issue:
    """An issue of the project "web" with one event."""
    return (await sentry.raise_issue_alert(Alert()))[0]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if description_file() is None:
        terminalreporter.write_line(
            "Sentry's OpenAPI description is not at hand (SENTRY_OPENAPI names it; its licence keeps it out of the "
            "tree): the requests of these tests were not held against it"
        )
