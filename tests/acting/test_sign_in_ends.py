"""No walk through a sign-in ends without a page that says what happened and what to do."""

import asyncio
import sqlite3

import aiohttp
from yarl import URL

from sandbox.faults import respond
from sandbox.teams import new_person
from tests.acting.stage import Stage, sign_in_address

WHAT_TO_DO = "press the button again"


async def offered(stage: Stage) -> str:
    """The sign-in that a click asks for."""
    return sign_in_address((await stage.press(await stage.ask_for_issue(), "Resolve"))["value"])


def _outlast(stage: Stage) -> None:
    with sqlite3.connect(stage.directory / "bot.db") as database:
        database.execute("UPDATE sign_ins SET expires_at = '2020-01-01 00:00:00.000000'")
    database.close()


async def test_link_that_is_too_old_says_what_to_do(stage: Stage) -> None:
    address = await offered(stage)
    await asyncio.to_thread(_outlast, stage)
    async with aiohttp.ClientSession() as browser:
        status, page = await stage.open(browser, URL(address))
    assert (status, "This sign-in has ended" in page.text, WHAT_TO_DO in page.text) == (410, True, True)


async def test_callback_that_is_loaded_again_says_what_to_do_and_does_nothing_twice(stage: Stage) -> None:
    address = await offered(stage)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        back = await stage.to_sentry_and_back(browser, address, stage.sentry.furniture.dana)
        status, _ = await stage.open(browser, back)
        again, page = await stage.open(browser, back)
    assert (status, again, WHAT_TO_DO in page.text) == (200, 410, True)
    assert len(await stage.audit()) == 1


async def test_refused_code_says_what_to_do(stage: Stage) -> None:
    address = await offered(stage)
    stage.sentry.faults.add(respond(400), path="/oauth/token/")
    status, page = await stage.sign_in(address, stage.sentry.furniture.dana)
    assert status in {410, 502}
    assert WHAT_TO_DO in page.text
    assert stage.issue.status == "unresolved"


async def test_wrong_account_is_named_on_the_page_and_can_be_undone_there(stage: Stage) -> None:
    _, page = await stage.sign_in(await offered(stage), stage.sentry.furniture.mia)
    assert "You are Mia on" in page.text
    assert "unlink" in page.text


async def test_account_that_somebody_else_has_linked_serves_both(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    other = stage.by(new_person("Another"))
    status, page = await other.sign_in(await offered(other), stage.sentry.furniture.dana)
    assert (status, "You are Dana on" in page.text) == (200, True)
    assert stage.issue.status == "resolved"
    assert (await stage.press(await stage.ask_for_issue(), "Unresolve"))["type"].endswith("adaptive")
    assert stage.issue.status == "unresolved"
