"""The page of the Sentry stand-in on which a person raises alerts and sees what became of the issues."""

from collections.abc import Iterable

from aiohttp import web
from yarl import URL

from sandbox.sentry_delivery import Delivery, Post
from sandbox.sentry_hooks import Alert, Failure, Measure
from sandbox.sentry_html import document
from sandbox.sentry_issues import add_comment, change
from sandbox.sentry_model import SentryState, Tenant
from sandbox.sentry_raising import Raising
from sandbox.sentry_records import App, Issue, Token
from sandbox.sentry_refusals import Refusal

HOME = "/sandbox/"
_CHANGES: dict[str, dict[str, object]] = {
    "Resolve": {"status": "resolved"},
    "Resolve in next release": {"status": "resolved", "statusDetails": {"inNextRelease": True}},
    "Archive": {"status": "ignored", "substatus": "archived_until_escalating"},
    "Reopen": {"status": "unresolved"},
    "Unassign": {"assignedTo": ""},
}
_LEVELS = ("error", "fatal", "warning", "info")
_STATES = ("critical", "warning", "resolved")


class Pages:
    """The page and its forms; everything is about the first organization and its first integration."""

    def __init__(self, state: SentryState, raising: Raising, post: Post) -> None:
        self._state = state
        self._raising = raising
        self._post = post

    def routes(self) -> Iterable[web.RouteDef]:
        yield web.get(HOME, self.home)
        yield web.post(f"{HOME}alert", self.alert)
        yield web.post(f"{HOME}metric", self.metric)
        yield web.post(f"{HOME}issues/{{issue}}", self.change)
        yield web.post(f"{HOME}issues/{{issue}}/comment", self.comment)
        yield web.get("/organizations/{organization}/issues/{issue}/{rest:.*}", self.issue)
        yield web.get("/organizations/{organization}/", self.elsewhere)

    async def home(self, request: web.Request) -> web.Response:
        """All at a glance."""
        issues, said = list(self._tenant.issues.values())[::-1], request.query.get("said", "")
        sent = self._post.deliveries[-15:][::-1]
        return self._page(self._tenant.organization.name, issues, said=said, deliveries=sent)

    async def issue(self, request: web.Request) -> web.Response:
        """What a link on a card leads to."""
        issue = self._tenant.issues.get(request.match_info["issue"])
        if issue is None:
            return document("No such issue", {"text": "It is not here."}, status=404)
        return self._page(issue.short_id, [issue], alone=True)

    async def elsewhere(self, _: web.Request) -> web.Response:
        """The organization's page is the stand-in's."""
        raise web.HTTPFound(HOME)

    async def alert(self, request: web.Request) -> web.Response:
        """Raise an issue alert."""
        form = await _form(request)
        failure = Failure(form["title"], form["level"], form["environment"])
        wanted = Alert(failure, form["project"], form["rule"], _settings(form), form.get("issue", ""))
        issue, delivery = await self._raising.issue_alert(self._app, wanted)
        return _back(f"{issue.short_id}: {_outcome(delivery)}")

    async def metric(self, request: web.Request) -> web.Response:
        """Raise a metric alert."""
        form = await _form(request)
        measure = Measure(form["state"], form["title"], form["text"], settings=_settings(form))
        return _back(f"Metric alert: {_outcome(await self._raising.metric_alert(self._app, measure))}")

    async def change(self, request: web.Request) -> web.Response:
        """Change an issue as a person."""
        form = await _form(request)
        body = _CHANGES.get(form.get("change", "")) or {"assignedTo": form.get("assign", "")}
        try:
            change(self._state, self._issue(request), dict(body), self._person(form))
        except Refusal as refused:
            return _back(f"Refused: {refused.body}")
        return _back("Changed")

    async def comment(self, request: web.Request) -> web.Response:
        """Comment as a person."""
        form = await _form(request)
        try:
            add_comment(self._state, self._issue(request), form["text"], self._person(form))
        except Refusal as refused:
            return _back(f"Refused: {refused.body}")
        return _back("Commented")

    def _page(self, title: str, issues: list[Issue], **shown: object) -> web.Response:
        tenant = self._tenant
        people = [(user.id, user.name) for user in self._state.users.values()]
        owners = [(f"user:{number}", name) for number, name in people]
        owners += [(f"team:{team.id}", f"#{team.slug}") for team in tenant.teams.values()]
        common = {
            "issues": issues,
            "people": people,
            "assignees": owners,
            "names": dict(owners),
            "changes": list(_CHANGES),
            "levels": [(level, level) for level in _LEVELS],
            "states": [(state, state) for state in _STATES],
            "projects": [(project.slug, project.name) for project in tenant.projects.values()],
            "known": [("", "a new issue"), *((issue.id, issue.short_id) for issue in issues)],
            "webhook_url": self._app.webhook_url,
        }
        return document(title, {**common, **shown}, "home.html")

    def _issue(self, request: web.Request) -> Issue:
        issue = self._tenant.issues.get(request.match_info["issue"])
        if issue is None:
            raise web.HTTPNotFound
        return issue

    def _person(self, form: dict[str, str]) -> Token:
        return Token(frozenset(), frozenset(), user=self._state.users[form["as"]])

    @property
    def _tenant(self) -> Tenant:
        return next(iter(self._state.tenants.values()))

    @property
    def _app(self) -> App:
        return self._tenant.apps[0]


async def _form(request: web.Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.post()).items()}


def _settings(form: dict[str, str]) -> dict[str, str] | None:
    return {"place": form["place"]} if form.get("place") else None


def _outcome(delivery: Delivery) -> str:
    return str(delivery.status) if delivery.status else f"no answer ({delivery.problem})"


def _back(said: str) -> web.Response:
    raise web.HTTPSeeOther(URL(HOME).with_query(said=said))
