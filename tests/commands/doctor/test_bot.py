"""What can be wrong with the bot itself: its address, its package, its database, its Sentry."""

import json
import sqlite3
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from commands import package
from commands.doctor.findings import Status
from sandbox.faults import respond
from sandbox.sentry import Sentry
from sandbox.standin import listen, port_of
from sandbox.teams import install_team, new_team
from tests.commands.doctor.conftest import Examine
from tests.commands.running import run
from tests.conftest import ServedBot


async def test_an_address_where_nobody_listens(examine: Examine) -> None:
    found = (await examine(PUBLIC_URL="http://127.0.0.1:1")).of("public address")
    assert found.status is Status.FAILED
    assert found.means.startswith("Nobody takes the connection")


@pytest.mark.parametrize("changed", ["SECRET_KEY", "MicrosoftAppId"])
async def test_an_address_of_another_bot(changed: str, examine: Examine) -> None:
    other = {"SECRET_KEY": "x" * 40, "MicrosoftAppId": "99999999-2222-3333-4444-555555555555"}[changed]
    found = (await examine(**{changed: other})).of("public address")
    assert found.status is Status.FAILED
    assert found.means.startswith("It is not this one")


async def test_a_bot_that_still_signs_by_the_old_key_is_this_one(examine: Examine, values: dict[str, str]) -> None:
    found = await examine(SECRET_KEY=f"{'new' * 20},{values['SECRET_KEY']}")
    assert found.of("public address").status is Status.OK


async def test_an_address_of_something_else(examine: Examine) -> None:
    app = web.Application()
    app.router.add_get("/healthz", _welcome)
    runner = await listen(app, 0)
    try:
        found = (await examine(PUBLIC_URL=f"http://127.0.0.1:{port_of(runner)}")).of("public address")
    finally:
        await runner.cleanup()
    assert (found.status, found.means) == (Status.FAILED, "Something else than this bot answers there")


async def _welcome(_: web.Request) -> web.Response:
    return web.Response(text="<h1>Welcome to nginx!</h1>", content_type="text/html")


async def test_a_gateway_that_lets_no_posts_through(examine: Examine, bot: ServedBot) -> None:
    async def pass_on(request: web.Request) -> web.Response:
        async with bot.session.get(f"{bot.url}{request.path_qs}") as answer:
            return web.Response(body=await answer.read(), content_type=answer.content_type)

    app = web.Application()
    app.router.add_get("/healthz", pass_on)
    runner = await listen(app, 0)
    try:
        found = await examine(PUBLIC_URL=f"http://127.0.0.1:{port_of(runner)}")
    finally:
        await runner.cleanup()
    assert found.of("public address").status is Status.OK
    assert found.failures() == ["messaging endpoint"]
    assert "answers 404, not 401" in found.of("messaging endpoint").found


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Write an app package for an app id and an address."""

    def packed(app_id: str, address: str) -> Path:
        monkeypatch.setenv("MicrosoftAppId", app_id)
        monkeypatch.setenv("PUBLIC_URL", address)
        path = tmp_path / "app.zip"
        assert run(package, "package", "--output", str(path)) == 0
        return path

    return packed


async def test_no_package_is_no_failure(examine: Examine) -> None:
    assert (await examine()).of("app package").status is Status.SKIPPED


@pytest.mark.parametrize(
    "case",
    [
        ("", "", "is for this bot and its address"),
        ("99999999-2222-3333-4444-555555555555", "", "its bot id is 99999999-2222-3333-4444-555555555555, not 1111"),
        ("", "https://old.example.org", "its valid domains do not have bot.example.org"),
    ],
)
async def test_the_package_is_for_this_bot_or_not(
    case: tuple[str, str, str], examine: Examine, pack: Callable[[str, str], Path], values: dict[str, str]
) -> None:
    app_id, address, told = case
    path = pack(app_id or values["MicrosoftAppId"], address or values["PUBLIC_URL"])
    found = (await examine(path, PUBLIC_URL=values["PUBLIC_URL"])).of("app package")
    assert told in found.found
    assert found.status is (Status.FAILED if app_id or address else Status.OK)


@pytest.mark.parametrize("content", [b"no zip", json.dumps({}).encode()])
async def test_a_file_that_is_no_package(content: bytes, examine: Examine, tmp_path: Path) -> None:
    path = tmp_path / "data" / "teams-app-1.0.0.zip"
    path.parent.mkdir()
    if content == b"no zip":
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("something.json", content)
    found = (await examine()).of("app package")
    assert (found.status, found.means) == (Status.FAILED, "It is no app package")


async def test_a_database_that_is_away(examine: Examine) -> None:
    found = await examine(DATABASE_URL="postgresql://nobody@127.0.0.1:1/bot?connect_timeout=2")
    assert found.failures() == ["database"]
    assert found.of("database").means == "The bot does not start, and answers 503 while it lasts"
    assert found.of("last activity").status is Status.SKIPPED


async def test_a_file_that_is_missing_is_not_made(examine: Examine, tmp_path: Path) -> None:
    found = await examine(DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/bot.db")
    assert found.of("database").found == f"there is no file {tmp_path}/nowhere/bot.db"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("statement", "means"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "It was made by an older version"),
        ("DROP TABLE alembic_version", "The bot has never started on this database"),
        ("UPDATE alembic_version SET version_num = '0001x'", "A newer version of the bot migrated it"),
    ],
)
async def test_a_database_that_is_not_migrated(statement: str, means: str, examine: Examine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection, connection:
        connection.execute(statement)
    found = await examine()
    assert found.failures() == ["database"]
    assert found.of("database").means.startswith(means)


async def test_nothing_has_happened_yet(examine: Examine) -> None:
    found = await examine()
    assert found.of("database").found.endswith("0 installation(s)")
    assert found.of("last activity").status is Status.WARNING
    assert "messaging endpoint must be PUBLIC_URL + /api/messages" in found.of("last activity").do
    assert found.of("last card").means.endswith("because nothing arrived")


async def test_what_happened_last_is_told(examine: Examine, bot: ServedBot) -> None:
    assert (await bot.teams.post(install_team(new_team("Ops")))).status == 201
    found = await examine()
    assert found.of("database").found.endswith("1 installation(s)")
    for check in ("last activity", "last card"):
        assert found.of(check).status is Status.OK
        assert " UTC, 0:00:" in found.of(check).found


@pytest.mark.parametrize(
    ("status", "content_type", "judged"),
    [
        (500, "application/json", Status.FAILED),
        (200, "text/html", Status.WARNING),
        (404, "application/json", Status.OK),
    ],
)
async def test_what_answers_instead_of_sentry(
    status: int, content_type: str, judged: Status, examine: Examine, sentry: Sentry
) -> None:
    sentry.faults.add(respond(status, body="{}", content_type=content_type))
    assert (await examine()).of("Sentry").status is judged


async def test_one_sentry_of_two_is_down(examine: Examine, sentry: Sentry) -> None:
    found = await examine(SENTRY_URLS=f"{sentry.url} http://127.0.0.1:1")
    answers = [finding for finding in found.all if finding.check == "Sentry"]
    assert [finding.status for finding in answers] == [Status.OK, Status.FAILED]
    assert answers[1].means == "Nobody takes the connection: places cannot be connected to it"


async def test_local_mode_has_nothing_to_do_with_microsoft(
    examine: Examine, start_bot: Callable[..., Awaitable[ServedBot]]
) -> None:
    local: dict[str, str | None] = dict.fromkeys(("MicrosoftAppId", "MicrosoftAppPassword", "MicrosoftAppTenantId"))
    running = await start_bot(**local, PUBLIC_URL=None)
    found = await examine(**local, PUBLIC_URL=running.url)
    assert "Agents Playground" in found.of("last activity").do
    assert found.failures() == []
    assert {finding.check for finding in found.all} == {
        *("settings", "clock", "database", "last activity", "last card"),
        *("public address", "messaging endpoint", "Sentry"),
    }
