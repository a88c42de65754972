"""Sends Sentry's webhooks and the requests of its alert-rule editor, signed as Sentry signs them."""

import asyncio
import hashlib
import hmac
import io
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import orjson
from yarl import URL

from sandbox.sentry_records import App

# What Sentry waits for an answer to a webhook; an internal integration's is never sent again.
WEBHOOK_LIMIT = 1.0
ACTION_LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that was sent: `status` 0 and a `problem` if there was no answer; `took` seconds."""

    resource: str
    action: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    status: int = 0
    problem: str = ""
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the integration answered to the rule editor."""

    status: int
    json: object


def sign(secret: str, body: bytes) -> str:
    """Hex HMAC-SHA256."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Post:
    """The sender; runs in the stand-in's loop."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[Delivery]] = set()

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session:
            await self._session.close()

    def later(self, app: App, resource: str, action: str, data: object, actor: object) -> None:
        """Send without waiting, from any thread's callback in this loop."""
        task = asyncio.get_running_loop().create_task(self.send(app, resource, action, data, actor))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Return when nothing is under way."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def send(self, app: App, resource: str, action: str, data: object, actor: object) -> Delivery:
        """Send a webhook to the integration and return what came of it."""
        whole = {"action": action, "installation": {"uuid": app.installation}, "data": data, "actor": actor}
        return await self.deliver(app, resource, action, orjson.dumps(whole))

    async def deliver(self, app: App, resource: str, action: str, body: bytes) -> Delivery:
        """Send these bytes as a webhook."""
        headers = {
            "Content-Type": "application/json",
            "Request-ID": uuid.uuid4().hex,
            "Sentry-Hook-Resource": resource,
            "Sentry-Hook-Timestamp": str(int(time.time())),
            "Sentry-Hook-Signature": sign(app.client_secret, body),
        }
        return await self.again(Delivery(resource, action, app.webhook_url, headers, body))

    async def again(self, delivery: Delivery) -> Delivery:
        """Send exactly this (again)."""
        started, status, problem = time.monotonic(), 0, ""
        try:
            timeout = aiohttp.ClientTimeout(total=WEBHOOK_LIMIT)
            async with self._client.post(
                delivery.url, data=io.BytesIO(delivery.body), headers=delivery.headers, timeout=timeout
            ) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            problem = type(error).__name__
        took = time.monotonic() - started
        parts = (delivery.resource, delivery.action, delivery.url, delivery.headers, delivery.body)
        done = Delivery(*parts, status, problem, took)
        self.deliveries.append(done)
        return done

    async def options(self, app: App, path: str, query: Mapping[str, str]) -> Answer:
        """Ask for the choices of a field, as the rule editor does; signs nothing, with the secret."""
        url = URL(app.webhook_url).with_path(path).with_query({"installationId": app.installation, **query})
        headers = {"Request-ID": uuid.uuid4().hex, "Sentry-App-Signature": sign(app.client_secret, b"")}
        return await self._ask("GET", url, headers, None)

    async def save(self, app: App, path: str, fields: Mapping[str, str]) -> Answer:
        """Save an action of a rule, as the rule editor does."""
        named = [{"name": name, "value": value} for name, value in fields.items()]
        body = orjson.dumps({"fields": named, "installationId": app.installation})
        headers = {
            "Content-Type": "application/json",
            "Request-ID": uuid.uuid4().hex,
            "Sentry-App-Signature": sign(app.client_secret, body),
        }
        return await self._ask("POST", URL(app.webhook_url).with_path(path), headers, body)

    async def _ask(self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None) -> Answer:
        timeout = aiohttp.ClientTimeout(total=ACTION_LIMIT)
        async with self._client.request(method, url, headers=headers, data=body, timeout=timeout) as response:
            text = await response.read()
            try:
                return Answer(response.status, orjson.loads(text))
            except ValueError:
                return Answer(response.status, text.decode(errors="replace"))

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("not started")
        return self._session
