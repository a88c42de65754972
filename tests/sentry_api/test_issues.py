from dataclasses import replace

import pytest

from sandbox.faults import respond
from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert, Failure
from sandbox.sentry_records import Issue
from sentry_api import (
    Access,
    Assignee,
    Frame,
    IssueStatus,
    MissingPermission,
    NotFound,
    Priority,
    SentryAnswer,
    SentryApi,
    SentryRejected,
    WrongToken,
)
from sentry_api.archiving import Forever, ForMinutes, UntilEscalating, UntilEvents, UntilUsers
from sentry_api.changes import LATEST, Archive, AssignTo, Change, Resolve, SetPriority, Unresolve, body_of
from tests.sentry_api.asking import person


async def test_issue_as_sentry_tells_it(api: SentryApi, access: Access, sentry: Sentry, issue: Issue) -> None:
    found = await api.issues.get(access, issue.id)
    assert (found.id, found.short_id, found.title) == (issue.id, "WEB-1", "ValueError: bad total")
    assert (found.status, found.substatus, found.priority) == (IssueStatus.UNRESOLVED, "new", Priority.HIGH)
    assert found.project is not None
    assert (found.project.slug, found.level, found.culprit) == ("web", "error", "shop.cart in total")
    assert (found.events, found.users, found.comments, found.assignee) == (1, 1, 0, None)
    assert found.url == f"{sentry.url}/organizations/{sentry.organization.slug}/issues/{issue.id}/"
    assert found.first_seen is not None
    assert len(found.hours) == 24


@pytest.mark.parametrize("name", ["WEB-1", "web-1", " WEB-1 "])
async def test_issue_by_the_name_people_use(api: SentryApi, access: Access, issue: Issue, name: str) -> None:
    assert (await api.issues.by_short_id(access, name)).id == issue.id


@pytest.mark.parametrize("name", ["", "WEB", "../WEB-1", "WEB-1/..", "WEB-1?x", "x" * 200])
async def test_what_cannot_be_a_short_id_is_not_asked_for(
    api: SentryApi, access: Access, sentry: Sentry, name: str
) -> None:
    with pytest.raises(NotFound):
        await api.issues.by_short_id(access, name)
    assert not sentry.requests


async def test_issue_that_is_not_there(api: SentryApi, access: Access) -> None:
    for call in (api.issues.get(access, "999"), api.issues.by_short_id(access, "WEB-9"), api.issues.get(access, "x")):
        with pytest.raises(NotFound):
            await call


async def test_search_finds_by_short_id_words_and_status(api: SentryApi, access: Access, sentry: Sentry) -> None:
    cart, _ = await sentry.raise_issue_alert(Alert(Failure("KeyError: cart")))
    pay, _ = await sentry.raise_issue_alert(Alert(Failure("TypeError: pay")))
    pay.status = "resolved"
    for query, wanted in {"WEB-2": [pay.id], "cart": [cart.id], "is:resolved": [pay.id], "": [cart.id, pay.id]}.items():
        assert [issue.id async for issue in api.issues.search(access, query)] == wanted


async def test_event_of_an_issue(api: SentryApi, access: Access, issue: Issue) -> None:
    event = await api.issues.event(access, issue.id)
    assert event.id == issue.events[0]["event_id"]
    assert event.frame == Frame("shop/cart.py", "total", 12, "raise ValueError")
    assert (event.environment, event.release, event.tags["level"]) == ("production", "shop@1.2.3", "error")
    assert await api.issues.event(access, issue.id, event.id) == event
    with pytest.raises(NotFound):
        await api.issues.event(access, issue.id, "0" * 32)
    with pytest.raises(NotFound):
        await api.issues.event(access, issue.id, "../x")


@pytest.mark.parametrize(
    ("change", "status", "substatus", "details"),
    [
        (Resolve(), "resolved", None, {}),
        (Resolve(in_release=LATEST), "resolved", None, {"inRelease": "shop@1.2.3"}),
        (Resolve(in_release="shop@1.2.2"), "resolved", None, {"inRelease": "shop@1.2.2"}),
        (Resolve(in_next_release=True), "resolved", None, {"inNextRelease": True}),
        (Archive(), "ignored", "archived_until_escalating", {}),
        (Archive(UntilEscalating()), "ignored", "archived_until_escalating", {}),
        (Archive(Forever()), "ignored", "archived_forever", {}),
        (Archive(UntilEvents(100)), "ignored", "archived_until_condition_met", {"ignoreCount": 100}),
        (
            Archive(UntilEvents(10, minutes=60)),
            "ignored",
            "archived_until_condition_met",
            {"ignoreCount": 10, "ignoreWindow": 60},
        ),
        (
            Archive(UntilUsers(5, minutes=60)),
            "ignored",
            "archived_until_condition_met",
            {"ignoreUserCount": 5, "ignoreUserWindow": 60},
        ),
    ],
    ids=repr,
)
async def test_status_is_changed(  # noqa: PLR0917
    api: SentryApi, access: Access, issue: Issue, change: Change, status: str, substatus: str, details: object
) -> None:
    found = await api.issues.change(access, issue.id, change)
    assert (issue.status, issue.substatus, issue.details) == (status, substatus, details)
    assert (found.status.value, found.substatus) == (status, substatus or "")


async def test_archived_for_a_time(api: SentryApi, access: Access, issue: Issue) -> None:
    found = await api.issues.change(access, issue.id, Archive(ForMinutes(30)))
    assert found.details.until is not None
    assert (await api.issues.change(access, issue.id, Unresolve())).status is IssueStatus.UNRESOLVED


async def test_assigned_to_a_person_a_team_and_nobody(
    api: SentryApi, access: Access, sentry: Sentry, issue: Issue
) -> None:
    ravi = sentry.furniture.ravi
    found = await api.issues.change(access, issue.id, AssignTo.user(ravi.id))
    assert found.assignee == Assignee("user", ravi.id, "Ravi", "ravi@example.com")
    team = sentry.state.tenants[access.organization].teams["backend"]
    found = await api.issues.change(access, issue.id, AssignTo.team(team.id))
    assert found.assignee == Assignee("team", team.id, "backend")
    assert (await api.issues.change(access, issue.id, AssignTo.nobody())).assignee is None


async def test_several_changes_go_in_one_request(api: SentryApi, access: Access, sentry: Sentry, issue: Issue) -> None:
    found = await api.issues.change(access, issue.id, Resolve(), SetPriority(Priority.LOW))
    assert (found.status, found.priority) == (IssueStatus.RESOLVED, Priority.LOW)
    assert sum(sentry.requests.values()) == 1


@pytest.mark.parametrize(
    "changes", [(), (Resolve(), Archive()), (AssignTo.nobody(), AssignTo.user("1"))], ids=["none", "status", "assignee"]
)
def test_changes_that_contradict_are_no_request(changes: tuple[Change, ...]) -> None:
    with pytest.raises(ValueError, match="change"):
        body_of(*changes)


def test_values_that_sentry_would_refuse_are_no_changes() -> None:
    for wrong in (
        lambda: UntilEvents(0),
        lambda: UntilEvents(1, minutes=10081),
        lambda: UntilUsers(5, minutes=0),
        lambda: ForMinutes(-1),
        lambda: AssignTo.user("x"),
        lambda: AssignTo("group", "1"),
        lambda: Resolve("v", in_next_release=True),
    ):
        with pytest.raises(ValueError, match=r"."):
            wrong()


async def test_sentrys_own_sentence_says_why_not(api: SentryApi, access: Access, sentry: Sentry, issue: Issue) -> None:
    mia, mobile = sentry.furniture.mia, sentry.state.tenants[access.organization].teams["mobile"]
    for change, field, sentence in (
        (AssignTo.user(mia.id), "assignedTo", "Cannot assign to non-team member"),
        (AssignTo.team(mobile.id), "assignedTo", "Cannot assign to a team without access to the project"),
        (Resolve("shop@9"), "statusDetails.inRelease", "Unable to find a release with the given version."),
    ):
        with pytest.raises(SentryRejected) as raised:
            await api.issues.change(access, issue.id, change)
        assert (raised.value.detail, raised.value.fields) == (sentence, {field: sentence})
    assert (issue.status, issue.assignee) == ("unresolved", "")


async def test_no_release_to_resolve_in(api: SentryApi, access: Access, sentry: Sentry) -> None:
    mobile, _ = await sentry.raise_issue_alert(Alert(project="mobile"))
    with pytest.raises(SentryRejected, match="No release data present"):
        await api.issues.change(access, mobile.id, Resolve(in_next_release=True))


async def test_change_without_the_permission(api: SentryApi, sentry: Sentry, issue: Issue) -> None:
    reader = person(sentry, sentry.furniture.dana, scopes=("event:read",))
    with pytest.raises(MissingPermission, match="You do not have permission"):
        await api.issues.change(reader, issue.id, Resolve())
    assert issue.status == "unresolved"


async def test_person_without_access_to_the_project(api: SentryApi, sentry: Sentry, issue: Issue) -> None:
    tenant = sentry.state.tenants[sentry.organization.slug]
    tenant.organization = replace(tenant.organization, open=False)
    with pytest.raises(MissingPermission):
        await api.issues.change(person(sentry, sentry.furniture.mia), issue.id, Resolve())
    assert (await api.issues.get(person(sentry, sentry.furniture.ravi), issue.id)).id == issue.id


async def test_revoked_token(api: SentryApi, access: Access, sentry: Sentry, issue: Issue) -> None:
    del sentry.state.tokens[access.token]
    with pytest.raises(WrongToken):
        await api.issues.get(access, issue.id)


async def test_comment_as_a_person(api: SentryApi, dana: Access, issue: Issue) -> None:
    comment = await api.issues.comment(dana, issue.id, "on it *now*")
    assert (comment.text, comment.author and comment.author.name) == ("on it *now*", "Dana")
    assert [kept.text for kept in issue.comments] == ["on it *now*"]
    with pytest.raises(SentryRejected, match="already posted"):
        await api.issues.comment(dana, issue.id, "on it *now*")


@pytest.mark.parametrize("answer", [None, [], {}, {"id": "x"}, {"id": True}, "issue"])
async def test_answer_that_is_no_issue(api: SentryApi, access: Access, sentry: Sentry, answer: object) -> None:
    sentry.faults.add(respond(200, json=answer), times=None)
    with pytest.raises(SentryAnswer):
        await api.issues.get(access, "1")
