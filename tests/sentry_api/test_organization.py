import gzip
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import orjson
import pytest

from sandbox.faults import close, garbage, hang, respond, trickle
from sandbox.sentry import Sentry
from sandbox.sentry_model import INTEGRATION_SCOPES
from sentry_api import (
    MissingPermission,
    Organization,
    SentryAnswer,
    SentryApi,
    SentryError,
    SentryNotListed,
    SentrySlow,
    SentryUnreachable,
    UnknownOrganization,
    WrongToken,
)
from sentry_api.organizations import organization_from

SLUG = "the-interstellar-jurisdiction"
FOUND = {"slug": "acme", "name": "Acme"}


@pytest.fixture
async def sentry() -> AsyncIterator[Sentry]:
    async with Sentry() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
def api(session: aiohttp.ClientSession, sentry: Sentry) -> SentryApi:
    return SentryApi(session, [sentry.url], time_limit=0.4)


async def test_organization(api: SentryApi, sentry: Sentry) -> None:
    found = await api.organization(sentry.url, SLUG, sentry.token)
    url = f"{sentry.url}/organizations/{SLUG}"
    assert found == Organization(SLUG, "The Interstellar Jurisdiction", url, "1", frozenset(INTEGRATION_SCOPES))
    assert not found.may_manage_integrations


async def test_token_that_sentry_does_not_know(api: SentryApi, sentry: Sentry) -> None:
    with pytest.raises(WrongToken, match="Invalid token"):
        await api.organization(sentry.url, SLUG, "0" * 64)


async def test_token_without_the_permission(api: SentryApi, sentry: Sentry) -> None:
    token = sentry.add_token(SLUG, scopes=("event:read", "project:read"))
    with pytest.raises(MissingPermission, match="You do not have permission"):
        await api.organization(sentry.url, SLUG, token)


async def test_token_of_another_organization(api: SentryApi, sentry: Sentry) -> None:
    sentry.add_organization("acme", "Acme")
    with pytest.raises(MissingPermission):
        await api.organization(sentry.url, "acme", sentry.token)


async def test_organization_that_does_not_exist(api: SentryApi, sentry: Sentry) -> None:
    with pytest.raises(UnknownOrganization, match="does not exist"):
        await api.organization(sentry.url, "acme", sentry.token)


@pytest.mark.parametrize("slug", ["", "..", "a/b", "a?b", "a%2fb", "a b", "ä", "x" * 65])
async def test_slug_that_would_change_the_path_is_not_sent(api: SentryApi, sentry: Sentry, slug: str) -> None:
    with pytest.raises(UnknownOrganization):
        await api.organization(sentry.url, slug, sentry.token)
    assert not sentry.requests


@pytest.mark.parametrize("token", ["a\r\nX-Other: b", "tökén", "a\0b"])
async def test_token_that_would_change_the_headers_is_not_sent(api: SentryApi, sentry: Sentry, token: str) -> None:
    with pytest.raises(WrongToken):
        await api.organization(sentry.url, SLUG, token)
    assert not sentry.requests


async def test_sentry_that_is_not_listed_is_never_called(api: SentryApi) -> None:
    async with Sentry() as other:
        with pytest.raises(SentryNotListed):
            await api.organization(other.url, SLUG, other.token)
        assert not other.requests


async def test_redirect_is_not_followed(api: SentryApi, sentry: Sentry) -> None:
    async with Sentry() as other:
        sentry.faults.add(respond(302, headers={"Location": f"{other.url}/api/0/organizations/{SLUG}/"}))
        with pytest.raises(SentryAnswer) as raised:
            await api.organization(sentry.url, SLUG, sentry.token)
        assert raised.value.status == 302
        assert not other.requests


@pytest.mark.parametrize("fault", [hang(), trickle()], ids=["no answer", "a byte now and then"])
async def test_slow_sentry(api: SentryApi, sentry: Sentry, fault: object) -> None:
    sentry.faults.add(fault)  # type: ignore[arg-type]
    started = time.monotonic()
    with pytest.raises(SentrySlow):
        await api.organization(sentry.url, SLUG, sentry.token)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("fault", [close(), garbage()], ids=["cut", "garbage"])
async def test_broken_connection(api: SentryApi, sentry: Sentry, fault: object) -> None:
    sentry.faults.add(fault, times=None)  # type: ignore[arg-type]
    with pytest.raises(SentryUnreachable):
        await api.organization(sentry.url, SLUG, sentry.token)


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    with listener() as (url, _):
        pass
    with pytest.raises(SentryUnreachable):
        await SentryApi(session, [url]).organization(url, SLUG, "t")


async def test_connection_that_is_never_taken(session: aiohttp.ClientSession) -> None:
    with listener() as (url, server), full(server), pytest.raises(SentryUnreachable, match="no connection in time"):
        await SentryApi(session, [url], connect_limit=0.2).organization(url, SLUG, "t")


@pytest.mark.parametrize("status", [400, 418, 429, 500, 503])
async def test_any_other_status_is_told(api: SentryApi, sentry: Sentry, status: int) -> None:
    sentry.faults.add(respond(status, json={"detail": "why"}), times=None)
    with pytest.raises(SentryAnswer, match=f"{status} why") as raised:
        await api.organization(sentry.url, SLUG, sentry.token)
    assert raised.value.status == status


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Sign in</html>", b"[]", b"null", b"{}", b'{"slug": 5}', b'{"slug": "../x"}', b"[" * 100_000],
    ids=["empty", "html", "list", "null", "no slug", "number", "path", "deep"],
)
async def test_answer_that_is_no_organization(api: SentryApi, sentry: Sentry, body: bytes) -> None:
    sentry.faults.add(respond(200, body=body))
    with pytest.raises(SentryAnswer):
        await api.organization(sentry.url, SLUG, sentry.token)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "compressed"])
async def test_oversize_answer_is_not_read_to_its_end(api: SentryApi, sentry: Sentry, packed: bool) -> None:
    body = orjson.dumps({**FOUND, "padding": "x" * 1024 * 1024})
    headers = {"Content-Encoding": "gzip"} if packed else {}
    sentry.faults.add(respond(200, body=gzip.compress(body) if packed else body, headers=headers))
    with pytest.raises(SentryAnswer, match="too large"):
        await api.organization(sentry.url, SLUG, sentry.token)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "https://evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://[",
        5,
        None,
        "http://127.0.0.1/\n",
    ],
)
async def test_link_to_elsewhere_is_replaced_by_our_own(api: SentryApi, sentry: Sentry, link: object) -> None:
    sentry.faults.add(respond(200, json={**FOUND, "links": {"organizationUrl": link}}))
    organization = await api.organization(sentry.url, "acme", sentry.token)
    assert organization.url == f"{sentry.url}/organizations/acme/"


def test_link_to_the_organizations_own_subdomain_is_kept() -> None:
    answer = {**FOUND, "links": {"organizationUrl": "https://acme.sentry.io"}}
    assert organization_from(answer, "https://sentry.io").url == "https://acme.sentry.io"


@pytest.mark.parametrize("name", [None, "", "  ", 7, ["x"]])
async def test_organization_without_a_name_goes_by_its_slug(api: SentryApi, sentry: Sentry, name: object) -> None:
    sentry.faults.add(respond(200, json={"slug": "acme", "name": name}))
    assert (await api.organization(sentry.url, "acme", sentry.token)).name == "acme"


async def test_name_is_one_line_of_bounded_length(api: SentryApi, sentry: Sentry) -> None:
    sentry.faults.add(respond(200, json={"slug": "acme", "name": "Acme\n" + "x" * 1000}))
    name = (await api.organization(sentry.url, "acme", sentry.token)).name
    assert name.startswith("Acme x")
    assert len(name) == 200


async def test_no_error_tells_the_token(api: SentryApi, sentry: Sentry) -> None:
    token = "s3cr3t" * 8
    for fault in (close(), respond(500, body="no"), respond(401, json={"detail": "no"})):
        sentry.faults.clear()
        sentry.faults.add(fault, times=None)
        with pytest.raises(SentryError) as raised:
            await api.organization(sentry.url, SLUG, token)
        assert token not in repr(raised.value)


@contextmanager
def listener() -> Iterator[tuple[str, socket.socket]]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        yield f"http://127.0.0.1:{server.getsockname()[1]}", server


@contextmanager
def full(server: socket.socket) -> Iterator[None]:
    """Fill the queue of a listener that accepts nobody, so that further connections hang."""
    waiting = [socket.socket() for _ in range(8)]
    for client in waiting:
        client.setblocking(False)
        client.connect_ex(server.getsockname())
    yield
    for client in waiting:
        client.close()
