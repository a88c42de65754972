"""Signing in with Sentry on the setup page: a choice of organizations instead of a slug to type."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from sandbox.sentry_browser import press
from sandbox.teams import install_team, new_team
from tests.acting.stage import BOT, Stage
from tests.handlers.page_text import PageText
from tests.handlers.talk import setup_path


@pytest.fixture
async def path(stage: Stage) -> str:
    """The setup link of a new team."""
    await stage.bot.teams.post(install_team(new_team("Payments")))
    return setup_path(stage.microsoft)


async def choose(stage: Stage, browser: aiohttp.ClientSession, path: str, user_id: str) -> tuple[int, PageText]:
    """Open the setup page, sign in as that person; returns the page that follows."""
    _, page = await stage.open(browser, URL(f"{BOT}{path}"))
    onward = next(link for link in page.links if "/sign-in?" in link)
    url = URL(f"{BOT}/{onward}")
    async with browser.get(
        URL(stage.bot.url).with_path(url.path).with_query(url.query), allow_redirects=False
    ) as answer:
        assert answer.status == 303, await answer.text()
        to_sentry = answer.headers["Location"]
    assert "code_challenge_method=S256" in to_sentry
    return await stage.open(browser, await press(browser, to_sentry, "approve", user=user_id))


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def test_person_chooses_among_what_they_may_manage(
    stage: Stage, path: str, browser: aiohttp.ClientSession
) -> None:
    stage.sentry.add_organization("second", "Second Ltd")
    stage.sentry.add_organization("strangers", "Strangers")
    manager = stage.sentry.state.add_user("Max", "max@example.com", stage.sentry.organization.slug, "second")
    status, page = await choose(stage, browser, path, manager.id)
    assert status == 200
    assert "The Interstellar Jurisdiction" in page.text
    assert "Second Ltd" in page.text
    assert "Strangers" not in page.text
    chosen = next(link for link in page.links if "organization=second" in link)
    _, form = await stage.open(browser, URL(f"{BOT}/{chosen.removeprefix('../')}"))
    assert form.fields["organization"] == "second"
    assert not stage.sentry.state.refresh_tokens, "nothing of the grant is kept"


async def test_who_manages_nothing_is_told_so(stage: Stage, path: str, browser: aiohttp.ClientSession) -> None:
    plain = stage.sentry.state.add_user(
        "Pia", "pia@example.com", stage.sentry.organization.slug, scopes=("org:read", "event:read")
    )
    _, page = await choose(stage, browser, path, plain.id)
    assert "may not manage the integrations of any organization" in page.text


async def test_sign_in_belongs_to_a_link_that_works(stage: Stage) -> None:
    query = {"signed_params": "forged", "sentry_url": stage.sentry.url}
    async with stage.bot.session.get(f"{stage.bot.url}/setup/sign-in", params=query) as answer:
        assert answer.status == 400
        assert "not complete" in await answer.text()


async def test_sentry_where_nobody_can_sign_in_is_not_offered(unregistered: Stage) -> None:
    stage = unregistered
    await stage.bot.teams.post(install_team(new_team("Payments")))
    path = setup_path(stage.microsoft)
    _, page = await stage.open(stage.bot.session, URL(f"{BOT}{path}"))
    assert not [link for link in page.links if "sign-in" in link]
    query = {**URL(path).query, "sentry_url": stage.sentry.url}
    url = URL(stage.bot.url).with_path("/setup/sign-in").with_query(query)
    async with stage.bot.session.get(url, allow_redirects=False) as answer:
        assert answer.status == 410


async def test_whoever_connects_a_place_may_let_everybody_act_there(unregistered: Stage) -> None:
    stage = unregistered
    team = new_team("Payments", person=stage.team.person)
    await stage.bot.teams.post(install_team(team))
    sentry = stage.sentry
    form = {"sentry_url": sentry.url, "organization": sentry.organization.slug, "token": sentry.token}
    form |= {"client_secret": sentry.app.client_secret, "anybody_may_act": "yes"}
    sentry.app.webhook_url = f"{BOT}/sentry/webhook"
    async with stage.bot.session.post(f"{stage.bot.url}{setup_path(stage.microsoft)}", data=form) as answer:
        assert answer.status == 200, await answer.text()
    there = Stage(stage.bot, stage.microsoft, sentry, team, stage.chat, stage.issue, stage.directory)
    await there.press(await there.ask_for_issue(), "Resolve")
    assert stage.issue.status == "resolved"
    refused = await stage.press(await stage.ask_for_issue(), "Unresolve")
    assert refused["statusCode"] == 400, "in the other team it was not allowed"
    assert stage.issue.status == "resolved"
