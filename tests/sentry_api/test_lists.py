import time

import pytest

from sandbox.faults import respond
from sandbox.sentry import Sentry
from sandbox.sentry_records import Project
from sentry_api import Access, MissingPermission, SentryAnswer, SentryApi, SentryBusy
from sentry_api.paging import next_cursor
from tests.sentry_api.asking import person


def add_projects(sentry: Sentry, number: int) -> None:
    projects = sentry.state.tenants[sentry.organization.slug].projects
    for i in range(number):
        projects[f"p{i}"] = Project(str(1000 + i), f"p{i}", f"Project {i}")


async def test_list_is_read_to_its_end(api: SentryApi, access: Access, sentry: Sentry) -> None:
    add_projects(sentry, 250)
    found = [project.slug async for project in api.projects.each(access)]
    assert found == [*sentry.state.tenants[access.organization].projects]
    assert len(sentry.asked) == 3


async def test_no_more_is_read_than_wanted(api: SentryApi, access: Access, sentry: Sentry) -> None:
    add_projects(sentry, 250)
    assert len([project async for project in api.projects.each(access, most=5)]) == 5
    assert len(sentry.asked) == 1


async def test_next_page_is_asked_of_the_same_sentry(api: SentryApi, access: Access, sentry: Sentry) -> None:
    link = '<https://evil.example/x?cursor=0:1:0>; rel="next"; results="true"; cursor="0:1:0"'
    sentry.faults.add(respond(200, json=[], headers={"Link": link}))
    assert len([project async for project in api.projects.each(access)]) == 1
    assert sentry.asked[1].path.endswith("/projects/?cursor=0:1:0")


async def test_page_that_names_itself_as_the_next_ends_the_list(api: SentryApi, access: Access, sentry: Sentry) -> None:
    link = '<x>; rel="next"; results="true"; cursor="0:1:0"'
    sentry.faults.add(respond(200, json=[], headers={"Link": link}), times=None)
    assert [project async for project in api.projects.each(access)] == []
    assert len(sentry.asked) == 2


@pytest.mark.parametrize(
    ("header", "cursor"),
    [
        ("", ""),
        ('<a>; rel="previous"; results="true"; cursor="0:0:1", <b>; rel="next"; results="true"; cursor="c"', "c"),
        ('<a>; rel="next"; results="false"; cursor="c"', ""),
        ('<a>; rel="next"; results="true"', ""),
        ("<<<<", ""),
        ("<" * 100_000, ""),
        ('results="true"; rel="next"; cursor="c"', ""),
    ],
)
def test_cursor_of_the_next_page(header: str, cursor: str) -> None:
    assert next_cursor({"Link": header}) == cursor


async def test_list_waits_for_the_next_window(api: SentryApi, access: Access, sentry: Sentry) -> None:
    add_projects(sentry, 150)
    sentry.limits.requests, sentry.limits.window = 1, 0.5
    started = time.monotonic()
    assert len([project async for project in api.projects.each(access)]) == 152
    assert time.monotonic() - started >= 0.4
    assert len(sentry.asked) == 2


async def test_list_does_not_wait_for_long(api: SentryApi, access: Access, sentry: Sentry) -> None:
    add_projects(sentry, 150)
    sentry.limits.requests, sentry.limits.window = 1, 600
    with pytest.raises(SentryBusy) as raised:
        _ = [project async for project in api.projects.each(access)]
    assert 500 < raised.value.retry_after <= 600


@pytest.mark.parametrize("answer", [{}, None, "x", {"detail": "x"}])
async def test_answer_that_is_no_list(api: SentryApi, access: Access, sentry: Sentry, answer: object) -> None:
    sentry.faults.add(respond(200, json=answer))
    with pytest.raises(SentryAnswer):
        _ = [project async for project in api.projects.each(access)]


async def test_odd_items_are_left_out(api: SentryApi, access: Access, sentry: Sentry) -> None:
    odd: list[object] = [
        None,
        1,
        "x",
        [],
        {},
        {"slug": "../x"},
        {"slug": None},
        {"slug": "good", "id": None, "name": 5},
    ]
    sentry.faults.add(respond(200, json=odd))
    found = [project async for project in api.projects.each(access)]
    assert [(project.slug, project.name, project.id) for project in found] == [("good", "good", "")]


async def test_members_by_name(api: SentryApi, access: Access, sentry: Sentry) -> None:
    found = [member async for member in api.members.each(access, query="rav")]
    assert [(member.name, member.user_id) for member in found] == [("Ravi", sentry.furniture.ravi.id)]


async def test_somebody_who_is_only_invited_cannot_be_assigned(api: SentryApi, access: Access) -> None:
    [invited] = [member async for member in api.members.each(access, query="invited")]
    assert (invited.user_id, invited.pending, invited.name) == ("", True, "invited@example.com")


async def test_teams_of_the_organization_and_of_a_project(api: SentryApi, access: Access) -> None:
    assert [team.slug async for team in api.members.teams(access)] == ["backend", "mobile"]
    assert [team.slug async for team in api.members.teams(access, query="mob")] == ["mobile"]
    assert [team.slug async for team in api.projects.teams(access, "web")] == ["backend"]


async def test_members_of_a_project(api: SentryApi, access: Access) -> None:
    assert [member.name async for member in api.projects.members(access, "web")] == ["Dana", "Ravi"]


async def test_releases_of_a_project_the_newest_first(api: SentryApi, access: Access, sentry: Sentry) -> None:
    web = sentry.state.tenants[access.organization].projects["web"]
    found = [release async for release in api.projects.releases(access, project_id=web.id)]
    assert [(release.version, release.short_version) for release in found] == [
        ("shop@1.2.3", "1.2.3"),
        ("shop@1.2.2", "1.2.2"),
    ]
    assert [release.version async for release in api.projects.releases(access, query="1.2.2")] == ["shop@1.2.2"]


async def test_organizations_of_a_person(api: SentryApi, dana: Access, access: Access, sentry: Sentry) -> None:
    assert [found.slug for found in await api.organizations(sentry.url, dana.token)] == [sentry.organization.slug]
    assert await api.organizations(sentry.url, access.token) == []


async def test_who_may_manage_integrations(api: SentryApi, dana: Access, sentry: Sentry) -> None:
    assert (await api.organization(dana.sentry_url, dana.organization, dana.token)).may_manage_integrations
    narrow = person(sentry, sentry.furniture.dana, scopes=("org:read",))
    assert not (await api.organization(narrow.sentry_url, narrow.organization, narrow.token)).may_manage_integrations


async def test_list_without_the_permission(api: SentryApi, sentry: Sentry) -> None:
    narrow = person(sentry, sentry.furniture.dana, scopes=("org:read",))
    with pytest.raises(MissingPermission):
        _ = [member async for member in api.members.each(narrow)]
