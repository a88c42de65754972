"""The setup page served by a real server, between a real store, Microsoft's side and Sentry's side."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import TestClient

from adapter.clouds import CLOUDS
from adapter.connector import Connector
from adapter.transport import ConnectorTransport
from cards import build_team_welcome_card
from handlers import pages, setup
from handlers.keys import PAGE_FACTS, SETUP, PageFacts
from model import Arrival, ConversationReference, Installation, Place, PlaceKind
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sentry_api import SentryApi
from services.delivery import Delivery
from services.setup import Setup
from services.setup_links import SetupLinks
from settings import ChannelService
from store import Store
from tests.handlers.page_text import PageText
from tests.services.installed import TENANT, Clock

KEYS = ("signing-key-of-the-tests-" * 2,)
PUBLIC_URL = "https://bot.example.com"
WEBHOOK_URL = f"{PUBLIC_URL}/sentry/webhook"
SLUG = "the-interstellar-jurisdiction"
OTHER_SENTRY = "https://de.sentry.example"
Client = TestClient[web.Request, web.Application]


@dataclass(frozen=True)
class World:
    """Everything around the page; `http` talks to the page's server."""

    store: Store
    links: SetupLinks
    clock: Clock
    microsoft: Microsoft
    sentry: Sentry
    connector: Connector
    http: Client

    async def install(
        self, kind: PlaceKind = PlaceKind.TEAM, name: str = "Platform", nonce: str = "n1"
    ) -> Installation:
        """The bot arrives somewhere."""
        where = {
            PlaceKind.TEAM: "19:t@thread.tacv2",
            PlaceKind.PERSONAL: "a:1chat",
            PlaceKind.GROUP_CHAT: "19:g@thread.v2",
        }
        conversation = ConversationReference(self.microsoft.service_url, where[kind], TENANT)
        place = Place(TENANT, where[kind], kind)
        arrival = Arrival(place, name, conversation, "29:installer", self.clock())
        installation = await self.store.arrive(arrival, nonce, self.clock())
        assert installation is not None
        return installation

    async def welcome(self, installation: Installation) -> str:
        """The welcome card is posted and noted; returns its activity id."""
        card = build_team_welcome_card(installation.name, self.links.issue(installation))
        activity_id = await self.connector.send(installation.conversation, card)
        await self.store.welcomed(installation.id, activity_id, self.clock())
        return activity_id

    def signed(self, installation: Installation, nonce: str = "") -> str:
        """The signed parameters of the installation's link."""
        url = self.links.issue(replace(installation, setup_nonce=nonce or installation.setup_nonce))
        return parse_qs(urlsplit(url).query)["signed_params"][0]

    @property
    def secret(self) -> dict[str, str]:
        """The client secret, as it stands on the integration's page in Sentry."""
        return {"client_secret": self.sentry.app.client_secret}

    def form(self, **fields: str) -> dict[str, str]:
        """What a person types in who makes no mistake."""
        return {
            "sentry_url": self.sentry.url,
            "organization": SLUG,
            "token": self.sentry.token,
            **self.secret,
            **fields,
        }

    async def open(self, signed: str, method: str = "GET") -> tuple[ClientResponse, PageText]:
        """Look at the link."""
        return await self._page(await self.http.request(method, "/setup", params={"signed_params": signed}))

    async def submit(self, signed: str, **fields: str) -> tuple[ClientResponse, PageText]:
        """Send the form."""
        return await self._page(
            await self.http.post("/setup", params={"signed_params": signed}, data=self.form(**fields))
        )

    async def now(self, installation: Installation) -> Installation:
        """The installation as the store has it."""
        found = await self.store.find(installation.place)
        assert found is not None
        return found

    def shown(self, installation: Installation) -> list[dict[str, Any]]:
        """What people see in Teams in that place."""
        return self.microsoft.connector.shown(installation.conversation.conversation_id)

    @staticmethod
    async def _page(response: ClientResponse) -> tuple[ClientResponse, PageText]:
        return response, PageText(await response.text())


def connector_to(microsoft: Microsoft, session: ClientSession) -> Connector:
    """The bot's connector with a token that Microsoft's side has issued."""

    async def token() -> str:
        return microsoft.entra.token()

    return Connector(ConnectorTransport(session, token), microsoft.app_id, CLOUDS[ChannelService.PUBLIC])


def application(
    store: Store, links: SetupLinks, sentry: SentryApi, delivery: Delivery, clock: Clock
) -> web.Application:
    """The routes of the pages and nothing else."""
    app = web.Application()
    app[SETUP] = Setup(store, links, sentry, delivery, clock=clock)
    app[PAGE_FACTS] = PageFacts(PUBLIC_URL, local_mode=False, mode="SingleTenant", sentry_urls=sentry.allowed)
    pages.add_routes(app)
    setup.add_routes(app)
    return app
