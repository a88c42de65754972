from typing import Any

import aiohttp
import pytest

from sandbox.faults import respond
from sandbox.sentry import Sentry


async def get(sentry: Sentry, slug: str, authorization: str | None) -> tuple[int, Any]:
    headers = {"Authorization": authorization} if authorization else {}
    url = f"{sentry.url}/api/0/organizations/{slug}/"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, await response.json()


async def test_a_token_of_the_organization_reads_it(sentry: Sentry) -> None:
    status, organization = await get(sentry, sentry.organization.slug, f"Bearer {sentry.token}")
    assert (status, organization["name"]) == (200, sentry.organization.name)
    assert sentry.requests == {f"GET /api/0/organizations/{sentry.organization.slug}/": 1}
    assert sentry.asked[0].headers["Authorization"] == f"Bearer {sentry.token}"


@pytest.mark.parametrize(
    ("authorization", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("Basic abc", "Authentication credentials were not provided."),
        ("Bearer unknown", "Invalid token"),
    ],
)
async def test_an_unknown_token_is_refused(sentry: Sentry, authorization: str | None, detail: str) -> None:
    assert await get(sentry, sentry.organization.slug, authorization) == (401, {"detail": detail})


async def test_a_token_without_the_scope_or_of_another_organization_is_refused(sentry: Sentry) -> None:
    sentry.add_organization("other", "Other")
    narrow = sentry.add_token(sentry.organization.slug, scopes=("event:read",))
    foreign = sentry.add_token("other")
    for token in (narrow, foreign):
        status, answer = await get(sentry, sentry.organization.slug, f"Bearer {token}")
        assert (status, answer) == (403, {"detail": "You do not have permission to perform this action."})


async def test_an_unknown_organization_is_not_found(sentry: Sentry) -> None:
    status, answer = await get(sentry, "no-such", f"Bearer {sentry.token}")
    assert (status, answer) == (404, {"detail": "The requested resource does not exist"})


async def test_a_fault_comes_before_the_checks_and_reset_ends_it(sentry: Sentry) -> None:
    sentry.faults.add(respond(500, json={"detail": "Internal Error"}), times=None)
    assert (await get(sentry, "x", None))[0] == 500
    sentry.reset()
    assert (await get(sentry, "x", None))[0] == 401
