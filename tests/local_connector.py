"""The Bot Connector of the Emulator or the Playground: on this machine, plain HTTP, no token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.standin import listen, port_of


@dataclass(slots=True)
class LocalConnector:
    """`activities` are those that the bot posted; `tokens` the Authorization headers that came with them."""

    url: str = ""
    activities: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    async def post(self, request: web.Request) -> web.Response:
        """Keep one activity."""
        self.tokens.append(request.headers.get("Authorization"))
        self.activities.append(await request.json())
        return web.json_response({"id": f"local-{len(self.activities)}"})


@asynccontextmanager
async def local_connector() -> AsyncIterator[LocalConnector]:
    """Serve one on a free port."""
    connector, app = LocalConnector(), web.Application()
    app.router.add_post("/v3/conversations/{conversation}/activities", connector.post)
    runner = await listen(app, 0)
    connector.url = f"http://localhost:{port_of(runner)}"
    try:
        yield connector
    finally:
        await runner.cleanup()
