"""What every service behind the TLS listener and every stand-in's API has in common."""

from collections import Counter
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.faults import Faults


class Service:
    """Counts what it is asked, admits or refuses, plays the planned faults, and answers.

    `hosts` are the names it is reached by; `requests` counts them (see `_counted_as`).
    """

    hosts: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.faults = Faults()

    def routes(self) -> Iterable[web.RouteDef]:
        """What the service answers to."""
        return ()

    def application(self) -> web.Application:
        """A new web application that serves the routes; several may share one service."""

        @web.middleware
        async def serve(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.requests[self._counted_as(request)] += 1
            # Kept by aiohttp: a client that gives up while a fault is played has still sent its request.
            await request.read()
            refusal = self._refuse(request)
            return refusal or await self.faults.play(request, handler)

        application = web.Application(middlewares=[serve], client_max_size=16 * 1024**2)
        application.add_routes(self.routes())
        return application

    def reset(self) -> None:
        """Forgets what was counted and planned."""
        self.requests.clear()
        self.faults.clear()

    def _counted_as(self, request: web.Request) -> str:
        return request.path

    def _refuse(self, request: web.Request) -> web.Response | None:  # noqa: ARG002 - here everything is admitted
        """The answer to a request that must not get further, None for all others."""
        return None
