"""The bot: builds every collaborator, lists the routes, and runs.

python bot.py            runs it
python bot.py <command>  looks after it (python bot.py --help)
"""

# ruff: noqa: E402 - see the next line
import gc

# What is imported stays. Looking through it for garbage would take an eighth of the start, and later stop the event
# loop for 0.1 s every 1,500 activities; so the collector rests meanwhile, and then leaves it alone (gc.freeze, below).
gc.disable()

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import structlog
from aiohttp import web

import commands
import logs
import telemetry
import texts
from adapter.database_token import database_password
from adapter.errors import CredentialsError
from adapter.http import open_session
from adapter.seam import Seam, open_seam
from handlers import alert_rule_action, html, inside, messages, pages, sentry_webhook, setup, sign_in
from handlers.errors import errors
from handlers.invokes import Invokes
from handlers.keys import (
    ACTING,
    ALERTS,
    DELIVERY,
    INSTANCE,
    METRICS_TOKEN,
    PAGE_FACTS,
    READINESS,
    RULE_ACTIONS,
    SETUP,
    SETUP_SIGN_IN,
    PageFacts,
)
from handlers.languages import languages
from handlers.teams import Services, TeamsBot
from sentry_api import OAuthClient, SentryApi
from services.acting.concerned import ConcernedPeople
from services.acting.feature import open_acting
from services.acting.setup_sign_in import SetupSignIn
from services.acting.sign_ins import ActingSettings
from services.alerts import kept
from services.alerts.opening import open_alerts
from services.alerts.rule_actions import RuleActions
from services.answers import Answers
from services.commands import Commands
from services.delivery import Delivery
from services.installations import Installations
from services.instance import Instance
from services.listening import Listening
from services.readiness import Probe, Readiness
from services.repeats import Repeats
from services.setup import Setup
from services.setup_links import SetupLinks
from services.upkeep import Upkeep
from settings import Settings, SettingsError, load_settings
from store import Store, StoreError

gc.freeze()
# Python looks for garbage after every 700 new objects. Hardly any of what a turn makes is garbage of that kind, so that
# took an eighth of its time.
gc.set_threshold(10_000)
gc.enable()

LARGEST_FORM = 16 * 1024
# Both from the signal on, and less than the 30 seconds that a platform gives between SIGTERM and SIGKILL.
RUNNING_TURNS_FINISH_WITHIN = 24.0
SENDS_FINISH_WITHIN = 26.0
PREPARED_AFTER = 3.0

log = structlog.get_logger(__name__)


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


async def create_app(settings: Settings | None = None) -> web.Application:
    """Build the application with everything it needs; what was opened is closed by the application's cleanup.

    settings: None reads them from the environment, as a server like gunicorn expects (bot:create_app).
    """
    if settings is None:
        settings = load_settings()
        logs.configure(settings)
    async with AsyncExitStack() as opened:
        app = await _build(settings, opened)
        closing = opened.pop_all()
        app.on_cleanup.append(lambda _: closing.aclose())
        return app


async def _build(settings: Settings, opened: AsyncExitStack) -> web.Application:
    opened.push_async_callback(asyncio.to_thread, telemetry.start(settings))
    texts.speak_to_all_in(settings.card_language)
    session = await opened.enter_async_context(open_session(proxy_from_environment=settings.proxy_from_environment))
    store = await Store.open(
        settings.database_url, cipher_keys=settings.secret_keys, password=database_password(settings)
    )
    opened.push_async_callback(store.close)
    seam = await opened.enter_async_context(open_seam(settings, session))
    links = SetupLinks(settings.secret_keys, settings.public_url, now)
    delivery = Delivery(store.deliveries, seam.connector, now)
    installations = Installations(store, links, delivery, now)
    repeats = Repeats(store)
    opened.push_async_callback(repeats.close)
    sentry = SentryApi(session, settings.sentry_urls)
    alerts = open_alerts(store.alerts, sentry, delivery, now, settings.alert_storm)
    acting = open_acting(store, sentry, delivery, alerts.cards, _acting_settings(settings))
    opened.push_async_callback(acting.acting.close)
    alerts.concerned.people = ConcernedPeople(store, sentry, alerts.organizations, seam.connector, acting.telling)
    services = Services(
        installations,
        Commands(store, links, now),
        Answers(store, delivery, now),
        repeats,
        Invokes(acting),
        Listening(store, now),
    )
    app = web.Application(middlewares=[errors, languages], client_max_size=LARGEST_FORM)
    app[messages.ADAPTER] = seam.adapter
    app[messages.BOT] = TeamsBot(services, settings.app_id, now)
    app[ALERTS] = alerts
    app[RULE_ACTIONS] = RuleActions(store.alerts, alerts.signers, alerts.organizations, seam.connector)
    app[ACTING] = acting
    app[SETUP] = Setup(store, links, sentry, delivery, clock=now)
    app[SETUP_SIGN_IN] = SetupSignIn(app[SETUP], acting.sign_ins, sentry, links.webhook_url)
    app[DELIVERY] = delivery
    app[READINESS] = Readiness({"database": store.ping, **_probes(seam)}, time.monotonic)
    app[METRICS_TOKEN] = settings.metrics_token
    app[INSTANCE] = Instance(settings.secret_keys, settings.app_id)
    app[PAGE_FACTS] = PageFacts(settings.public_url, settings.local_mode, settings.app_type, settings.sentry_urls)
    upkeep = Upkeep(store.deliveries, installations, delivery.figures, settings.deliveries_kept)
    await opened.enter_async_context(_background(upkeep.run))
    await opened.enter_async_context(_background(delivery.run))
    opened.push_async_callback(delivery.stop, SENDS_FINISH_WITHIN)
    app.on_shutdown.append(_stop_claiming)
    await opened.enter_async_context(_background(alerts.running.run))
    await opened.enter_async_context(_background(alerts.running.catch_up))
    await opened.enter_async_context(_background(lambda: _warm_up(seam)))
    await opened.enter_async_context(_background(_prepare))
    for door in (messages, setup, pages, sentry_webhook, alert_rule_action, sign_in, inside):
        door.add_routes(app)
    return app


@asynccontextmanager
async def _background(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _stop_claiming(app: web.Application) -> None:
    """Runs while turns may still go on; what they hand over is stored, and carried by another process."""
    app[DELIVERY].stop_claiming()


def _probes(seam: Seam) -> dict[str, Probe]:
    if seam.keys is None or seam.token is None:
        return {}
    return {"signing keys": seam.keys.ensure_usable, "token": seam.token.get}


def _acting_settings(settings: Settings) -> ActingSettings:
    clients = [OAuthClient(each.sentry_url, each.client_id, each.client_secret) for each in settings.sentry_clients]
    return ActingSettings(clients, settings.secret_keys, settings.public_url, now)


async def _warm_up(seam: Seam) -> None:
    if seam.keys is not None:
        await seam.keys.warm_up()


async def _prepare() -> None:
    """What is not needed for the first card is made ready after it, before somebody waits for it."""
    await asyncio.sleep(PREPARED_AFTER)
    await asyncio.to_thread(texts.prepare)
    await asyncio.to_thread(html.prepare)
    await asyncio.to_thread(kept.prepare)


def main(arguments: Sequence[str] = ()) -> int:
    """Run the bot until it is told to stop, or the command that the arguments name; returns the exit status."""
    return commands.run(arguments) if arguments else _serve()


def _serve() -> int:
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure(settings)
    try:
        web.run_app(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            access_log=None,
            print=lambda *_: print(_greeting(settings), flush=True),
            shutdown_timeout=RUNNING_TURNS_FINISH_WITHIN,
            loop=_event_loop(),
        )
    except (StoreError, CredentialsError, OSError) as error:
        print(f"The bot cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 - there is none for Windows
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _greeting(settings: Settings) -> str:
    if not settings.local_mode:
        return f"Serving {settings.public_url}/api/messages as {settings.app_id} ({settings.app_type})."
    address = f"http://localhost:{settings.port}"
    return (
        "Local mode: nobody is authenticated, so the bot talks to this machine only.\n"
        f"  Endpoint for the Bot Framework Emulator or the Agents Playground: {address}/api/messages\n"
        f"  What to do next: {address}/"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
