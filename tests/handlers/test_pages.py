import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient

from handlers import pages
from handlers.keys import INSTANCE, PAGE_FACTS, PageFacts
from services.instance import Instance
from tests.handlers.page_text import PageText
from tests.handlers.test_setup import assert_guarded

KEY, NONCE = "k" * 40, "0" * 32


def served(*, local_mode: bool) -> web.Application:
    app = web.Application()
    public_url = "http://localhost:3978" if local_mode else "https://bot.example.com"
    app[PAGE_FACTS] = PageFacts(public_url, local_mode, "SingleTenant", ("https://sentry.io", "https://de.sentry.io"))
    app[INSTANCE] = Instance([KEY], None)
    pages.add_routes(app)
    return app


async def test_home_says_what_this_is_and_its_mode(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=False))
    response = await client.get("/")
    page = PageText(await response.text())
    assert response.status == 200
    assert "Sentry for Microsoft Teams" in page.text
    assert "Mode SingleTenant" in page.text
    assert "https://bot.example.com/api/messages" in page.text
    assert "Sentry sentry.io, de.sentry.io" in page.text
    assert "Next step" not in page.text
    assert_guarded(response.headers, page)


async def test_home_tells_the_next_step_in_local_mode(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=True))
    page = PageText(await (await client.get("/")).text())
    assert "Mode Local: this computer only, nobody is authenticated" in page.text
    assert "npx @microsoft/m365agentsplayground -e http://localhost:3978/api/messages" in page.text
    assert "Emulator" in page.text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("/privacy", "the access token, encrypted"), ("/terms", "Whoever can write in a team or chat")],
)
async def test_pages_that_the_manifest_names(aiohttp_client: AiohttpClient, address: str, sentence: str) -> None:
    client = await aiohttp_client(served(local_mode=False))
    response = await client.get(address)
    page = PageText(await response.text())
    assert response.status == 200
    assert sentence in page.text
    assert_guarded(response.headers, page)


async def test_privacy_names_the_sentry_that_gets_tokens(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=False))
    page = PageText(await (await client.get("/privacy")).text())
    assert "Sentry (sentry.io, de.sentry.io )" in page.text.replace("io)", "io )")


async def test_healthz(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=False))
    response = await client.get("/healthz")
    assert response.status == 200
    assert await response.json() == {"status": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


async def test_healthz_proves_which_bot_it_is_to_whoever_brings_a_nonce(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=False))
    answer = await (await client.get(f"/healthz?nonce={NONCE}")).json()
    assert set(answer) == {"status", "proof"}
    assert Instance([KEY], None).knows(NONCE, answer["proof"])


@pytest.mark.parametrize("nonce", ["", "0" * 31, "0" * 65, "x" * 32])
async def test_healthz_signs_nothing_else(aiohttp_client: AiohttpClient, nonce: str) -> None:
    client = await aiohttp_client(served(local_mode=False))
    assert await (await client.get("/healthz", params={"nonce": nonce})).json() == {"status": "ok"}


@pytest.mark.parametrize(("name", "content_type"), [("style.css", "text/css"), ("icon.svg", "image/svg+xml")])
async def test_what_a_page_loads_is_served_and_kept_by_browsers(
    aiohttp_client: AiohttpClient, name: str, content_type: str
) -> None:
    client = await aiohttp_client(served(local_mode=False))
    page = PageText(await (await client.get("/")).text())
    address = next(address for address in page.loads if name in address)
    response = await client.get("/" + address)
    assert response.status == 200
    assert response.content_type == content_type
    assert "immutable" in response.headers["Cache-Control"]


async def test_asset_without_its_version_is_not_kept(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=False))
    response = await client.get("/static/style.css?v=old")
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "..%2fsettings.py", "%2Fetc%2Fpasswd", ""])
async def test_nothing_else_is_served(aiohttp_client: AiohttpClient, name: str) -> None:
    client = await aiohttp_client(served(local_mode=False))
    assert (await client.get(f"/static/{name}")).status == 404


async def test_style_sheet_loads_nothing_from_elsewhere(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(served(local_mode=False))
    style = await (await client.get("/static/style.css")).text()
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style
