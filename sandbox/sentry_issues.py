"""Sentry's operations on issues."""

from typing import Any

from aiohttp import web

from sandbox.sentry_changes import apply, plan
from sandbox.sentry_model import SentryState
from sandbox.sentry_operation import Call, Operation
from sandbox.sentry_paging import page
from sandbox.sentry_records import App, Comment, Issue, Token, User
from sandbox.sentry_refusals import Refusal, missing
from sandbox.sentry_shapes import comment_json, event_json, issue_json

READ = frozenset({"event:read", "event:write", "event:admin"})
WRITE = frozenset({"event:write", "event:admin"})


async def retrieve(call: Call) -> web.Response:
    """GET …/issues/{id}/."""
    return web.json_response(_shown(call, call.issue()))


async def index(call: Call) -> web.Response:
    """GET …/issues/: a short id, a status (is:…), words of the title."""
    query = call.request.query.get("query", "is:unresolved")
    words = [word for word in query.split() if not word.startswith("is:")]
    statuses = [word.removeprefix("is:") for word in query.split() if word.startswith("is:")]
    lookup = call.request.query.get("shortIdLookup") == "1"
    found = [
        issue
        for issue in call.tenant.issues.values()
        if (lookup and query.strip().upper() == issue.short_id)
        or (all(word.lower() in issue.title.lower() for word in words) and all(s == issue.status for s in statuses))
    ]
    return page(call.request, [_shown(call, issue) for issue in found])


async def by_short_id(call: Call) -> web.Response:
    """GET …/shortids/{shortId}/."""
    wanted = call.part("issue").upper()
    found = [issue for issue in call.tenant.issues.values() if issue.short_id == wanted]
    if not found:
        raise missing("The requested resource does not exist")
    issue = found[0]
    call.allowed(issue.project)
    names = {"organizationSlug": call.tenant.organization.slug, "projectSlug": issue.project.slug}
    return web.json_response({**names, "shortId": issue.short_id, "groupId": issue.id, "group": _shown(call, issue)})


async def event(call: Call) -> web.Response:
    """GET …/issues/{id}/events/{event}/."""
    issue, wanted = call.issue(), call.part("event")
    named = {"latest": issue.events[-1:], "recommended": issue.events[-1:], "oldest": issue.events[:1]}
    found = named.get(wanted, [event for event in issue.events if event["event_id"] == wanted])
    if not found:
        raise missing("Event not found")
    return web.json_response(event_json(issue, found[0]))


async def update(call: Call) -> web.Response:
    """PUT …/issues/{id}/."""
    issue = call.issue()
    change(call.state, issue, await call.json(), call.token)
    return web.json_response(_shown(call, issue))


async def comment(call: Call) -> web.Response:
    """POST …/issues/{id}/comments/."""
    text = (await call.json()).get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, {"text": ["This field may not be blank."]})
    issue = call.issue()
    return web.json_response(comment_json(add_comment(call.state, issue, text, call.token), issue), status=201)


def change(state: SentryState, issue: Issue, body: dict[str, Any], by: Token) -> None:
    """Change the issue as its owner wants, and tell the integrations; raises Refusal."""
    tenant = state.find_issue(issue.id)[0]
    for action in apply(plan(body, issue, tenant), issue):
        state.changed("issue", action, issue, actor(by))


def add_comment(state: SentryState, issue: Issue, text: str, by: Token) -> Comment:
    """Comment, and tell the integrations; raises Refusal."""
    if any(known.text == text and known.user == by.user for known in issue.comments):
        raise Refusal(400, {"detail": "You have already posted that comment."})
    added = Comment(state.number(), text, actor(by), by.user)
    issue.comments.append(added)
    state.changed("comment", "created", issue, actor(by), added)
    return added


def actor(token: Token) -> dict[str, Any]:
    """Who it is, as webhooks name them."""
    owner: User | App | None = token.user or token.app
    if isinstance(owner, User):
        return {"type": "user", "id": int(owner.id), "name": owner.name}
    return {"type": "application", "id": owner.uuid if owner else "", "name": owner.name if owner else ""}


def _shown(call: Call, issue: Issue) -> dict[str, Any]:
    return issue_json(issue, call.tenant, call.state.url)


_ISSUES = "/api/0/organizations/{organization}/issues/"
OPERATIONS = (
    Operation("GET", _ISSUES, READ, index),
    Operation("GET", _ISSUES + "{issue}/", READ, retrieve),
    Operation("PUT", _ISSUES + "{issue}/", WRITE, update),
    Operation("GET", _ISSUES + "{issue}/events/{event}/", READ, event),
    Operation("POST", _ISSUES + "{issue}/comments/", WRITE, comment),
    Operation("GET", "/api/0/organizations/{organization}/shortids/{issue}/", READ, by_short_id),
)
