"""Signing in with Sentry from Teams: links, unlinked clicks, tokens that end."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from yarl import URL

from handlers.sign_in import COOKIE
from sandbox.faults import respond
from sandbox.teams import install_personal, message, new_person
from tests.acting.stage import Stage, sign_in_address, text_of
from tests.handlers.talk import content, happens


async def test_unlinked_click_is_carried_out_once_after_the_sign_in(stage: Stage) -> None:
    card_id = await stage.ask_for_issue()
    answer = await stage.press(card_id, "Resolve")
    assert "I do this for you: resolve it (WEB-1)" in text_of(answer["value"])
    assert stage.issue.status == "unresolved"
    assert "Sign in" not in text_of(stage.card(card_id)), "others see nothing of it"
    address = sign_in_address(answer["value"])
    status, page = await stage.sign_in(address, stage.sentry.furniture.dana)
    assert (status, "Your click was carried out." in page.text) == (200, True)
    assert stage.issue.status == "resolved"
    await stage.settled(card_id, "Unresolve")
    changes = await stage.audit()
    assert [(entry.action, entry.detail["as"]) for entry in changes] == [("issue resolve", "person")]


async def test_link_of_a_sign_in_works_once(stage: Stage) -> None:
    card_id = await stage.ask_for_issue()
    address = sign_in_address((await stage.press(card_id, "Resolve"))["value"])
    await stage.sign_in(address, stage.sentry.furniture.dana)
    await stage.settled(card_id, "Unresolve")
    await stage.press(card_id, "Unresolve")
    async with aiohttp.ClientSession() as browser:
        status, page = await stage.open(browser, URL(address))
    assert (status, "This sign-in has ended" in page.text) == (410, True)
    assert stage.issue.status == "unresolved"


async def test_page_names_who_asked_for_the_sign_in(stage: Stage) -> None:
    address = sign_in_address((await stage.press(await stage.ask_for_issue(), "Resolve"))["value"])
    async with aiohttp.ClientSession() as browser:
        status, page = await stage.open(browser, URL(address))
    assert status == 200
    assert "If you are not Dana Scully, close this page" in page.text
    for loaded in page.loads:
        async with stage.bot.session.get(URL(f"{stage.bot.url}/sign-in/start").join(URL(loaded))) as answer:
            assert answer.status == 200, loaded


async def test_sign_in_is_bound_to_the_browser_that_began_it(stage: Stage) -> None:
    address = sign_in_address((await stage.press(await stage.ask_for_issue(), "Resolve"))["value"])
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        back = await stage.to_sentry_and_back(browser, address, stage.sentry.furniture.dana)
        for cookie in (None, "another"):
            cookies = {COOKIE: cookie} if cookie else {}
            url = URL(stage.bot.url).with_path(back.path).with_query(back.query)
            async with aiohttp.ClientSession(cookies=cookies) as other, other.get(url) as answer:
                assert answer.status == 410
    assert stage.issue.status == "unresolved"
    assert (
        await stage.feature.acting.services.store.identities.every(
            stage.team.tenant_id, stage.team.person.aad_object_id
        )
        == []
    )


async def test_denied_sign_in_changes_nothing_and_can_be_tried_again(stage: Stage) -> None:
    address = sign_in_address((await stage.press(await stage.ask_for_issue(), "Resolve"))["value"])
    _, page = await stage.sign_in(address, stage.sentry.furniture.dana, "deny")
    assert "Nothing was linked" in page.text
    assert stage.issue.status == "unresolved"
    status, _ = await stage.sign_in(address, stage.sentry.furniture.dana)
    assert (status, stage.issue.status) == (200, "resolved")


async def test_sign_in_survives_a_sentry_that_is_away(stage: Stage) -> None:
    address = sign_in_address((await stage.press(await stage.ask_for_issue(), "Resolve"))["value"])
    stage.sentry.faults.add(respond(500), path="/oauth/token/")
    status, page = await stage.sign_in(address, stage.sentry.furniture.dana)
    assert (status, "did not finish" in page.text) == (502, True)
    status, _ = await stage.sign_in(address, stage.sentry.furniture.dana)
    assert (status, stage.issue.status) == (200, "resolved")


async def test_refused_click_after_the_sign_in_is_told(stage: Stage) -> None:
    card_id = await stage.ask_for_issue()
    answer = await stage.press(card_id, "Assign", assignee=f"user:{stage.sentry.furniture.mia.id}")
    _, page = await stage.sign_in(sign_in_address(answer["value"]), stage.sentry.furniture.dana)
    assert "What became of your click is on the card." in page.text
    await stage.settled(card_id, "Cannot assign to non-team member")


async def test_old_client_gets_the_sign_in_in_its_own_chat(stage: Stage) -> None:
    await stage.bot.teams.post(install_personal(stage.chat))
    card_id = await stage.ask_for_issue()
    await stage.submit(card_id, "Resolve")
    await happens(lambda: "Sign in with Sentry" in text_of(stage.microsoft.connector.shown(stage.chat.conversation_id)))
    assert "Sign in" not in text_of(stage.microsoft.connector.shown(stage.team.conversation_id))
    private = [
        each for each in stage.microsoft.connector.activities if each.conversation_id == stage.chat.conversation_id
    ]
    await stage.sign_in(sign_in_address(content(private[-1].activity)), stage.sentry.furniture.dana)
    assert stage.issue.status == "resolved"
    await happens(
        lambda: "Signed in with Sentry" in text_of(stage.microsoft.connector.shown(stage.chat.conversation_id))
    )


async def test_old_client_without_a_chat_is_told_where_to_go(stage: Stage) -> None:
    card_id = await stage.ask_for_issue()
    await stage.submit(card_id, "Resolve")
    assert "in our own chat" in text_of(stage.last())
    assert "sign-in" not in text_of(stage.last())
    assert stage.issue.status == "unresolved"


async def test_link_whoami_unlink(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    await stage.bot.teams.post(message(stage.chat, "whoami"))
    assert "dana@example.com" in text_of(stage.last())
    await stage.bot.teams.post(message(stage.chat, "link"))
    assert "Who you are in Sentry" in text_of(stage.last())
    tokens = len(stage.sentry.state.refresh_tokens)
    await stage.bot.teams.post(message(stage.chat, "unlink"))
    assert "Unlinked from Sentry" in text_of(stage.last())
    assert len(stage.sentry.state.refresh_tokens) == tokens - 1, "the token is worthless in Sentry too"
    await stage.bot.teams.post(message(stage.chat, "whoami"))
    # The last one in a second is more than a turn may post, and comes a moment later.
    await happens(lambda: "You are not linked" in text_of(stage.last()))


@pytest.mark.parametrize("command", ["link", "whoami"])
async def test_accounts_are_nobody_elses_business(stage: Stage, command: str) -> None:
    await stage.link(stage.sentry.furniture.dana)
    await stage.bot.teams.post(message(stage.team, command, mention=True))
    said = text_of(stage.last())
    assert "in our own chat" in said
    assert "dana@example.com" not in said
    assert "sign-in" not in said


async def test_one_identity_serves_every_place(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    await stage.press(card_id, "Resolve")
    identities = stage.feature.acting.services.store.identities
    assert len(await identities.every(stage.team.tenant_id, stage.team.person.aad_object_id)) == 1


async def test_tokens_are_not_readable_in_the_database(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    held = [token for token, known in stage.sentry.state.tokens.items() if known.user]
    raw = (await asyncio.to_thread(_bytes_of, stage)).decode("latin-1")
    assert held
    assert not [token for token in held if token in raw]


def _bytes_of(stage: Stage) -> bytes:
    directory = stage.directory
    return b"".join(path.read_bytes() for path in directory.glob("bot.db*"))


async def test_ending_token_is_refreshed_once_for_all_who_wait(stage: Stage) -> None:
    stage.sentry.sign_in.lasts = timedelta(seconds=60)
    await stage.link(stage.sentry.furniture.dana)
    stage.sentry.sign_in.lasts = timedelta(days=30)
    card_id = await stage.ask_for_issue()
    asked = stage.sentry.requests["POST /oauth/token/"]
    await asyncio.gather(*(stage.press(card_id, name) for name in ("Low", "Medium", "Assign to me")))
    assert stage.sentry.requests["POST /oauth/token/"] == asked + 1
    assert stage.issue.assignee == f"user:{stage.sentry.furniture.dana.id}"


async def test_two_processes_refresh_once(stage: Stage) -> None:
    stage.sentry.sign_in.lasts = timedelta(seconds=60)
    await stage.link(stage.sentry.furniture.dana)
    store = stage.feature.acting.services.store.identities
    (identity,) = await store.every(stage.team.tenant_id, stage.team.person.aad_object_id)
    now = datetime.now(UTC)
    assert await store.claim_refresh(identity, now, now + timedelta(seconds=5))
    assert not await store.claim_refresh(identity, now, now + timedelta(seconds=5))
    await store.renew(identity, identity.tokens)
    assert not await store.claim_refresh(identity, now, now + timedelta(seconds=5)), "what it saw is over"


@pytest.mark.parametrize("ended", ["access", "refresh"])
async def test_grant_that_sentry_ended_asks_to_sign_in_again(stage: Stage, ended: str) -> None:
    if ended == "refresh":
        stage.sentry.sign_in.lasts = timedelta(seconds=60)
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    for token in [token for token, known in stage.sentry.state.tokens.items() if known.user]:
        del stage.sentry.state.tokens[token]
    answer = await stage.press(card_id, "Resolve")
    assert "Sign in with Sentry" in text_of(answer["value"])
    await stage.sign_in(sign_in_address(answer["value"]), stage.sentry.furniture.dana)
    assert stage.issue.status == "resolved"


async def test_everybody_acts_under_their_own_name(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    other = stage.by(new_person("Ravi"))
    await other.link(stage.sentry.furniture.ravi)
    card_id = await stage.ask_for_issue()
    await stage.press(card_id, "Add comment", comment="first")
    await other.press(card_id, "Add comment", comment="second")
    assert [each.actor["name"] for each in stage.issue.comments] == ["Dana", "Ravi"]


async def test_who_is_not_in_the_organization_is_told_why(stage: Stage) -> None:
    stranger = stage.sentry.state.add_user("Stan", "stan@example.com")
    card_id = await stage.ask_for_issue()
    answer = await stage.press(card_id, "Resolve")
    _, page = await stage.sign_in(sign_in_address(answer["value"]), stranger)
    assert "What became of your click is on the card." in page.text
    await stage.settled(card_id, "Could not resolve it for Dana Scully")
    assert stage.issue.status == "unresolved"
    assert (await stage.audit())[-1].detail["failed"] in {"MissingPermission", "NotFound"}
