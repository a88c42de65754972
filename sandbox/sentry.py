"""A Sentry installation on plain HTTP and loopback: its API, its sign-in, its webhooks, and a page to play with."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from sandbox import sentry_furniture
from sandbox.sentry_api import SentryService
from sandbox.sentry_delivery import Answer, Delivery, Post
from sandbox.sentry_hooks import Alert, Measure
from sandbox.sentry_issues import add_comment, change
from sandbox.sentry_model import SentryState
from sandbox.sentry_pages import Pages
from sandbox.sentry_raising import Raising
from sandbox.sentry_records import App, Issue, Token, User
from sandbox.standin import StandIn, listen, port_of

ORGANIZATION = sentry_furniture.ORGANIZATION
T = TypeVar("T")


class Sentry(StandIn):
    """A Sentry at `url`, furnished as sentry_furniture says: an organization with its people, projects and integration.

    `requests` counts by "METHOD path", `asked` holds them in order; `faults` are played before anything is checked;
    `limits` are the rate limits; `violations` what was not as Sentry describes its API. `app` is the integration:
    give it a `webhook_url`, and webhooks go there; `deliveries` are those that were sent.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.state = SentryState()
        self._post = Post()
        self._raising = Raising(self.state, self._post)
        self._api = SentryService(self.state, Pages(self.state, self._raising, self._post).routes())
        self._port = port
        self.requests, self.asked, self.faults = self._api.requests, self._api.asked, self._api.faults
        self.violations, self.limits, self.sign_in = self._api.violations, self._api.limits, self._api.sign_in
        self.deliveries = self._post.deliveries
        self._furnish()

    def _furnish(self) -> None:
        self.furniture = sentry_furniture.furnish(self.state)
        self.organization, self.token = self.furniture.organization, self.furniture.token
        self.app, self.oauth = self.furniture.app, self.furniture.oauth

    @property
    def url(self) -> str:
        """Where the API is, without a slash at the end."""
        return self.state.url

    @property
    def checks_requests(self) -> bool:
        """Whether Sentry's description is at hand, so that requests are held against it."""
        return self._api.description is not None

    @property
    def oauth_client(self) -> dict[str, str]:
        """The application by which people sign in, as SENTRY_OAUTH_CLIENTS names it."""
        return {"client_id": self.oauth.client_id, "client_secret": self.oauth.client_secret}

    def serve(self, bot_url: str) -> None:
        """Send the integration's webhooks, and people who have signed in, to the bot at that address."""
        self.app.webhook_url = f"{bot_url}/sentry/webhook"
        self.oauth.redirects.add(f"{bot_url}/sign-in/callback")

    def add_organization(self, slug: str, name: str) -> None:
        """One more organization."""
        self.state.add_organization(slug, name)

    def add_token(self, *organizations: str, scopes: tuple[str, ...] = ("org:read",), token: str = "") -> str:
        """One more token, for those organizations (slugs) and scopes; returns it."""
        return self.state.add_token(*organizations, scopes=scopes, token=token)

    def issue(self, issue_id: str) -> Issue:
        """The issue as it is."""
        return self.state.find_issue(issue_id)[1]

    async def raise_issue_alert(self, alert: Alert = Alert()) -> tuple[Issue, Delivery]:  # noqa: B008 - frozen
        """An event comes in and a rule fires: its webhook is sent."""
        return await self._there(self._raising.issue_alert(self.app, alert))

    async def raise_metric_alert(self, measure: Measure = Measure()) -> Delivery:  # noqa: B008 - frozen
        """A metric alert changes its state."""
        return await self._there(self._raising.metric_alert(self.app, measure))

    async def change_issue(self, issue_id: str, body: Mapping[str, Any], by: User) -> Issue:
        """Somebody changes the issue on Sentry's own pages (the body is that of the API); raises Refusal."""
        issue = self.issue(issue_id)

        async def changed() -> None:
            change(self.state, issue, dict(body), Token(frozenset(), frozenset(), user=by))

        await self._there(changed())
        return issue

    async def comment(self, issue_id: str, text: str, by: User) -> None:
        """Somebody comments on Sentry's own pages."""

        async def commented() -> None:
            add_comment(self.state, self.issue(issue_id), text, Token(frozenset(), frozenset(), user=by))

        await self._there(commented())

    async def send(self, resource: str, action: str, data: object, *, app: App | None = None) -> Delivery:
        """Any webhook."""
        actor = {"type": "application", "id": "sentry", "name": "Sentry"}
        return await self._there(self._post.send(app or self.app, resource, action, data, actor))

    async def send_bytes(self, resource: str, body: bytes, *, app: App | None = None) -> Delivery:
        """A webhook of any bytes, signed."""
        return await self._there(self._post.deliver(app or self.app, resource, "", body))

    async def send_again(self, delivery: Delivery) -> Delivery:
        """The same once more, with the same headers."""
        return await self._there(self._post.again(delivery))

    async def rule_options(self, path: str = "", **query: str) -> Answer:
        """The rule editor asks the integration for choices (`projectSlug`, `query`, `dependentData`)."""
        return await self._there(self._post.options(self.app, path or self.app.options_path, query))

    async def save_rule_action(self, fields: Mapping[str, str], path: str = "") -> Answer:
        """Somebody saves a rule with the integration's action."""
        return await self._there(self._post.save(self.app, path or self.app.action_path, fields))

    async def settled(self) -> None:
        """Returns when all webhooks that changes set off are sent."""
        await self._there(self._post.settled())

    def reset(self) -> None:
        """As just started, at the same address."""
        self._api.reset()
        self.deliveries.clear()
        self.state.clear()
        self._furnish()

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        """Does the work in the stand-in's own loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _open(self) -> None:
        await self._post.open()
        self._runner = await listen(self._api.application(), self._port)
        self.state.url = f"http://127.0.0.1:{port_of(self._runner)}"

    async def _close(self) -> None:
        await self._post.close()
        await self._runner.cleanup()
