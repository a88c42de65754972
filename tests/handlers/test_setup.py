import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from model import Installation, PlaceKind
from sandbox.faults import close, delay, hang, respond
from tests.databases import ask
from tests.handlers.page_text import PageText
from tests.handlers.setup_world import OTHER_SENTRY, PUBLIC_URL, SLUG, World
from tests.services.installed import TENANT

SECURITY = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


def buttons(activity: dict[str, Any]) -> list[str]:
    card = activity["attachments"][0]["content"]
    return [action["title"] for action in card.get("actions") or []]


async def test_page_shows_what_is_about_to_be_connected(world: World) -> None:
    installation = await world.install(name="Platform Engineering")
    response, page = await world.open(world.signed(installation))
    assert response.status == 200
    assert "Connect Sentry to Platform Engineering" in page.text
    assert f"Microsoft tenant {TENANT}" in page.text
    typed = {"organization": "", "token": "", "client_secret": "", "connected_by": ""}
    assert page.fields == {"sentry_url": world.sentry.url, **typed, "anybody_may_act": "yes"}
    assert "checked" not in page.marked["anybody_may_act"]


async def test_page_explains_how_to_get_a_token(world: World) -> None:
    _, page = await world.open(world.signed(await world.install()))
    assert "Settings → Custom Integrations → Create New Integration" in page.text
    assert "Internal Integration" in page.text
    assert "https://bot.example.com/sentry/webhook" in page.text
    for permission in (
        "Project Read",
        "Team Read",
        "Release No Access",
        "Issue & Event Read & Write",
        "Organization Read",
        "Member Read",
        "Alerts Read",
    ):
        assert permission in page.text


async def test_link_opens_below_the_public_url_and_the_form_leads_back_to_it(world: World) -> None:
    installation = await world.install()
    path = world.links.issue(installation).removeprefix("https://bot.example.com")
    page = PageText(await (await world.http.get(path)).text())
    response = await world.http.post("/" + page.action, data=world.form())
    assert response.status == 200
    assert (await world.now(installation)).connection is not None


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_the_link_does_not_use_it_up(world: World, method: str) -> None:
    installation = await world.install()
    for _ in range(3):
        response, _ = await world.open(world.signed(installation), method)
        assert response.status == 200
    assert await world.now(installation) == installation
    assert (await world.submit(world.signed(installation)))[0].status == 200


@pytest.mark.parametrize("kind", list(PlaceKind))
async def test_finished_setup_connects_the_place(world: World, kind: PlaceKind) -> None:
    installation = await world.install(kind)
    response, _ = await world.submit(world.signed(installation), connected_by="Ada")
    assert response.status == 200
    after = await world.now(installation)
    assert after.connection is not None
    assert (after.connection.sentry_url, after.connection.organization_slug) == (world.sentry.url, SLUG)
    assert (after.connection.organization_name, after.connection.connected_by) == (
        "The Interstellar Jurisdiction",
        "Ada",
    )
    assert await world.store.token(after.connection) == world.sentry.token
    assert (after.setup_nonce, after.used_nonce) == (None, "n1")


async def test_finished_setup_is_confirmed_in_teams_and_ends_the_welcome(world: World) -> None:
    installation = await world.install()
    await world.welcome(installation)
    assert buttons(world.shown(installation)[0])
    await world.submit(world.signed(installation), connected_by="Ada Lovelace")
    welcome, confirmation = world.shown(installation)
    assert not buttons(welcome)
    assert "The Interstellar Jurisdiction" in str(welcome)
    assert "Platform" in confirmation["summary"]
    assert "Ada Lovelace" in str(confirmation)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PlaceKind.TEAM, "is connected to Platform"),
        (PlaceKind.PERSONAL, "is connected to your chat with the bot"),
        (PlaceKind.GROUP_CHAT, "is connected to Platform"),
    ],
)
async def test_done_page_names_place_organization_and_next_step(world: World, kind: PlaceKind, words: str) -> None:
    _, page = await world.submit(world.signed(await world.install(kind)))
    assert f"The Interstellar Jurisdiction {words}" in page.text
    assert "The confirmation is waiting in Teams" in page.text
    assert ("mention the bot" in page.text) is (kind is not PlaceKind.PERSONAL)
    assert "write status" in page.text
    assert page.links == [f"{world.sentry.url}/organizations/{SLUG}"]


async def test_slug_may_be_pasted_as_an_address(world: World) -> None:
    installation = await world.install()
    await world.submit(world.signed(installation), organization=f"{world.sentry.url}/organizations/{SLUG}/issues/")
    connection = (await world.now(installation)).connection
    assert connection is not None
    assert connection.organization_slug == SLUG


PROBLEMS = {
    "wrong token": ({"token": "0" * 64}, 422, "does not accept this token", "token"),
    "no token": ({"token": " "}, 422, "That is not a token", "token"),
    "unknown organization": ({"organization": "acme"}, 422, "has no organization “acme”", "organization"),
    "no slug": ({"organization": "../x"}, 422, "That is not an organization slug", "organization"),
    "unlisted Sentry": ({"sentry_url": "https://evil.example"}, 422, "Choose a Sentry from the list", "sentry_url"),
    "no Sentry": ({"sentry_url": ""}, 422, "Choose a Sentry from the list", "sentry_url"),
}


@pytest.mark.parametrize(("fields", "status", "words", "field"), PROBLEMS.values(), ids=PROBLEMS)
async def test_problem_of_the_form(world: World, fields: dict[str, str], status: int, words: str, field: str) -> None:
    installation = await world.install()
    response, page = await world.submit(world.signed(installation), connected_by="Ada", **fields)
    assert response.status == status
    assert words in page.text
    assert page.marked[field]["aria-invalid"] == "true"
    assert "problem" in (page.marked[field]["aria-describedby"] or "")
    assert "aria-invalid" not in page.marked["connected_by"]
    await expect_untouched(world, installation, page, fields)


async def test_token_without_the_permission(world: World) -> None:
    installation = await world.install()
    token = world.sentry.add_token(SLUG, scopes=("event:read",))
    response, page = await world.submit(world.signed(installation), token=token, connected_by="Ada")
    assert response.status == 422
    assert f"This token may not read “{SLUG}”" in page.text
    await expect_untouched(world, installation, page, {"token": token})


FAULTS = {
    "cut": (close(), 502, "could not be reached"),
    "hangs": (hang(), 504, "took too long"),
    "busy": (respond(429, json={"detail": "slow down"}), 502, "asks the bot to slow down"),
    "broken": (respond(500, body="<h1>Internal Error</h1>"), 502, "an answer that the bot does not understand"),
    "moved": (respond(302, headers={"Location": "https://evil.example"}), 502, "does not understand"),
}


@pytest.mark.parametrize(("fault", "status", "words"), FAULTS.values(), ids=FAULTS)
async def test_trouble_with_sentry(world: World, fault: Any, status: int, words: str) -> None:
    installation = await world.install()
    world.sentry.faults.add(fault, times=None)
    response, page = await world.submit(world.signed(installation), connected_by="Ada")
    assert response.status == status
    assert words in page.text
    await expect_untouched(world, installation, page, {})


async def expect_untouched(world: World, installation: Installation, page: PageText, fields: dict[str, str]) -> None:
    """What was typed stays, except the token; nothing was connected or said, and the link still works."""
    assert page.fields["token"] == ""
    assert page.fields["connected_by"] == "Ada"
    assert page.fields["organization"] == fields.get("organization", SLUG)
    assert world.form(**fields)["token"].strip() not in page.text or not fields.get("token", "x").strip()
    assert await world.now(installation) == installation
    assert world.shown(installation) == []
    world.sentry.faults.clear()
    assert (await world.submit(world.signed(installation)))[0].status == 200


async def test_chosen_sentry_stays_chosen(world: World) -> None:
    _, page = await world.submit(world.signed(await world.install()), sentry_url=OTHER_SENTRY, organization="../x")
    assert page.fields["sentry_url"] == OTHER_SENTRY


async def test_expired_link(world: World) -> None:
    signed = world.signed(await world.install())
    world.clock.now += timedelta(hours=25)
    await expect_dead(world, signed, 410, "This setup link has expired")


async def test_replaced_link(world: World) -> None:
    installation = await world.install()
    await world.store.new_setup_link(installation.place, "n2")
    await expect_dead(world, world.signed(installation), 410, "This setup link was replaced")
    assert (await world.submit(world.signed(installation, "n2")))[0].status == 200


async def test_used_link(world: World) -> None:
    signed = world.signed(await world.install())
    await world.submit(signed)
    await expect_dead(world, signed, 410, "Already connected to The Interstellar Jurisdiction")


async def test_used_link_of_a_place_that_was_disconnected(world: World) -> None:
    installation = await world.install()
    await world.submit(world.signed(installation))
    await world.store.disconnect(installation.place, "29:installer", world.clock())
    await expect_dead(world, world.signed(installation), 410, "This setup link was used already")


@pytest.mark.parametrize("change", ["", "x", "{}x", "x{}", "a.b.c"])
async def test_tampered_link(world: World, change: str) -> None:
    signed = world.signed(await world.install())
    await expect_dead(world, change.format(signed), 400, "This setup link is not complete")


async def test_link_without_parameters(world: World) -> None:
    response = await world.http.get("/setup")
    assert response.status == 400


async def test_link_of_a_place_that_the_bot_has_left(world: World) -> None:
    installation = await world.install()
    await world.store.remove(installation.place, world.clock() + timedelta(seconds=1), "29:installer")
    await expect_dead(world, world.signed(installation), 404, "The bot is not there any more", way_out="Add the bot")


async def test_link_from_before_a_reinstallation(world: World) -> None:
    installation = await world.install()
    await world.store.remove(installation.place, world.clock() + timedelta(seconds=1), "29:installer")
    world.clock.now += timedelta(minutes=1)
    again = await world.install(nonce="n2")
    await expect_dead(world, world.signed(installation), 410, "This setup link was replaced")
    assert (await world.open(world.signed(again)))[0].status == 200


async def expect_dead(
    world: World, signed: str, status: int, title: str, way_out: str = "Write setup to the bot"
) -> None:
    """Looking and submitting both get the page that says why, and Sentry is not asked."""
    asked = world.sentry.requests.copy()
    for response, page in (await world.open(signed), await world.submit(signed)):
        assert response.status == status
        assert title in page.text
        assert way_out in page.text
        assert "Traceback" not in page.text
        assert_guarded(response.headers, page)
    assert world.sentry.requests == asked


async def test_double_click_connects_once(world: World) -> None:
    installation = await world.install()
    signed = world.signed(installation)
    world.sentry.faults.add(delay(0.1), times=2)
    answers = await asyncio.gather(world.submit(signed), world.submit(signed))
    assert sorted(response.status for response, _ in answers) == [200, 410]
    late = next(page for response, page in answers if response.status == 410)
    assert "Already connected to The Interstellar Jurisdiction" in late.text
    assert len(world.shown(installation)) == 1


async def test_bot_removed_while_sentry_is_asked(world: World) -> None:
    installation = await world.install()
    world.sentry.faults.add(delay(0.3))
    submitting = asyncio.create_task(world.submit(world.signed(installation)))
    await asyncio.sleep(0.1)
    await world.store.remove(installation.place, world.clock() + timedelta(seconds=1), "29:installer")
    response, page = await submitting
    assert response.status == 404
    assert "The bot is not there any more" in page.text
    assert world.shown(installation) == []


async def test_teams_refuses_the_confirmation(world: World) -> None:
    installation = await world.install()
    world.microsoft.connector.faults.add(respond(403, json={"error": {"code": "BotNotInConversationRoster"}}))
    response, page = await world.submit(world.signed(installation))
    assert response.status == 200
    assert "could not be posted in Teams" in page.text
    assert "is waiting in Teams" not in page.text
    assert (await world.now(installation)).connection is not None


async def test_welcome_card_that_was_deleted_does_not_matter(world: World) -> None:
    installation = await world.install()
    await world.store.welcomed(installation.id, "1234567890123", world.clock())
    response, page = await world.submit(world.signed(installation))
    assert response.status == 200
    assert "The confirmation is waiting in Teams" in page.text


async def test_page_says_what_is_connected_already(world: World) -> None:
    installation = await world.install()
    await world.submit(world.signed(installation))
    await world.store.new_setup_link(installation.place, "n2")
    _, page = await world.open(world.signed(installation, "n2"))
    assert f"Connected now The Interstellar Jurisdiction ({world.sentry.url.partition('://')[2]})" in page.text


async def test_the_client_secret_is_asked_for_once(world: World) -> None:
    installation = await world.install()
    response, page = await world.submit(world.signed(installation), client_secret="")
    assert response.status == 422
    assert "The client secret is missing" in page.text
    assert (await world.submit(world.signed(installation)))[0].status == 200
    await world.store.new_setup_link(installation.place, "n2")
    again, _ = await world.submit(world.signed(installation, "n2"), client_secret="")
    assert again.status == 200
    assert [signer.client_secret for signer in await world.store.alerts.signers()] == [world.sentry.app.client_secret]


async def test_the_client_secret_is_stored_encrypted(world: World, tmp_path: Path) -> None:
    await world.submit(world.signed(await world.install()))
    kept = ask(f"sqlite:///{tmp_path}/bot.db", "SELECT client_secret_encrypted FROM organizations")
    assert len(kept) == 1
    assert world.sentry.app.client_secret not in kept[0][0]


async def test_a_client_secret_that_cannot_be_one_is_refused(world: World) -> None:
    response, page = await world.submit(world.signed(await world.install()), client_secret="two words")
    assert response.status == 422
    assert "That is not a client secret" in page.text


async def test_an_integration_whose_webhooks_go_elsewhere_is_refused(world: World) -> None:
    world.sentry.app.webhook_url = "https://elsewhere.example.org/hook"
    response, page = await world.submit(world.signed(await world.install()))
    assert response.status == 422
    assert f"No integration of {SLUG} sends its webhooks to this bot" in page.text
    assert f"{PUBLIC_URL}/sentry/webhook" in page.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_database_away(world: World, method: str) -> None:
    signed = world.signed(await world.install())
    await world.store.close()
    response = await world.http.request(method, "/setup", params={"signed_params": signed}, data=None)
    assert response.status == 503
    assert response.headers["Retry-After"] == "10"
    page = PageText(await response.text())
    assert "cannot reach its database" in page.text
    assert_guarded(response.headers, page)


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"token=" + b"x" * 17000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"&".join(b"f%d=1" % n for n in range(50)), "application/x-www-form-urlencoded", 400),
    ],
    ids=["large", "json", "many fields"],
)
async def test_post_that_is_no_small_form(world: World, data: bytes, content_type: str, status: int) -> None:
    installation = await world.install()
    response = await world.http.post(
        "/setup",
        params={"signed_params": world.signed(installation)},
        data=data,
        headers={"Content-Type": content_type},
    )
    assert response.status == status
    assert_guarded(response.headers, PageText(await response.text()))
    assert await world.now(installation) == installation


@pytest.mark.parametrize("data", [b"", b"token", b"%ff%fe=%00&organization=%f0%28", b"organization=a&organization=b"])
async def test_strange_form_is_a_problem_not_a_crash(world: World, data: bytes) -> None:
    signed = world.signed(await world.install())
    response = await world.http.post(
        "/setup",
        params={"signed_params": signed},
        data=data,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status == 422


HOSTILE = '"><script>alert(1)</script> {{7*7}} [x](http://evil) *a* _b_'


async def test_hostile_names_stay_text(world: World) -> None:
    installation = await world.install(name=HOSTILE)
    for response, page in (
        await world.open(world.signed(installation)),
        await world.submit(world.signed(installation), organization=HOSTILE, connected_by=HOSTILE),
    ):
        assert f"Connect Sentry to {HOSTILE}" in page.text
        assert_guarded(response.headers, page)
    assert page.fields["organization"] == HOSTILE


async def test_every_page_is_guarded(world: World) -> None:
    signed = world.signed(await world.install())
    for response, page in (await world.open(signed), await world.submit(signed, token="x"), await world.submit(signed)):
        assert_guarded(response.headers, page)


def assert_guarded(headers: Any, page: PageText) -> None:
    """The headers are there, and the page has nothing that they would have to stop."""
    assert {name: headers[name] for name in SECURITY} == SECURITY
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert not page.tags & {"script", "style", "iframe", "object", "base"}
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]
    assert all(address.startswith("static/") for address in page.loads)
