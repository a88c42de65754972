"""What can go wrong on the way: faults are planned by a test and played in order, one for each request they match."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import orjson
from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fault: TypeAlias = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class _Plan:
    fault: Fault
    times: int | None
    method: str
    path: str

    def matches(self, request: web.Request) -> bool:
        return self.method in ("", request.method) and self.path in request.path


class Faults:
    """The faults that wait for their request. `played` counts those that had theirs."""

    def __init__(self) -> None:
        self.played = 0
        self._plans: list[_Plan] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault, times: int | None = 1, *, method: str = "", path: str = "") -> None:
        """Plans `fault` for the next `times` requests (None: for all) of that method whose path contains `path`."""
        with self._lock:
            self._plans.append(_Plan(fault, times, method, path))

    def clear(self) -> None:
        """Forgets all plans; faults that are being played go on until their client leaves."""
        with self._lock:
            self._plans.clear()
            self.played = 0

    def __len__(self) -> int:
        return len(self._plans)

    async def play(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answers by the first fault planned for this request, by `handler` when there is none."""
        fault = self._take(request)
        return await (fault(request, handler) if fault else handler(request))

    def _take(self, request: web.Request) -> Fault | None:
        with self._lock:
            plan = next((plan for plan in self._plans if plan.matches(request)), None)
            if plan is None:
                return None
            self.played += 1
            if plan.times is not None:
                plan.times -= 1
            if plan.times == 0:
                self._plans.remove(plan)
            return plan.fault


def respond(
    status: int,
    *,
    json: object = None,
    body: bytes | str = b"",
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> Fault:
    """Answers `status` at once; the request is not carried out."""
    data = orjson.dumps(json) if json is not None else body.encode() if isinstance(body, str) else body

    async def fault(_: web.Request, __: Handler) -> web.StreamResponse:
        return web.Response(status=status, body=data, headers=headers, content_type=content_type)

    return fault


def delay(seconds: float) -> Fault:
    """Waits, then carries the request out."""

    async def fault(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await handler(request)

    return fault


def hang() -> Fault:
    """Never answers; ends when the client gives up."""

    async def fault(request: web.Request, _: Handler) -> web.StreamResponse:
        while _connected(request):  # noqa: ASYNC110 - aiohttp has no event for a client that leaves
            await asyncio.sleep(0.05)
        return web.Response()

    return fault


def close() -> Fault:
    """Cuts the connection without carrying the request out."""

    async def fault(request: web.Request, _: Handler) -> web.StreamResponse:
        return _cut(request)

    return fault


def accept_then_close() -> Fault:
    """Carries the request out, then cuts the connection instead of answering."""

    async def fault(request: web.Request, handler: Handler) -> web.StreamResponse:
        await handler(request)
        return _cut(request)

    return fault


def garbage(data: bytes = b"\x00\xffthis is not HTTP\r\n\r\n") -> Fault:
    """Sends bytes that are no HTTP response and cuts the connection; the request is not carried out."""

    async def fault(request: web.Request, _: Handler) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.write(data)
            request.transport.close()
        return web.Response()

    return fault


def trickle(pause: float = 0.2) -> Fault:
    """Carries the request out, then sends the answer one byte at a time, `pause` seconds apart."""

    async def fault(request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b" " * 1024
        slow = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
        slow.content_length = len(body)
        await slow.prepare(request)
        for position in range(len(body)):
            if not _connected(request):
                break
            await slow.write(body[position : position + 1])
            await asyncio.sleep(pause)
        return slow

    return fault


def sometimes(share: float, *faults: Fault, seed: int = 0) -> Fault:
    """One of `faults` for that share of the requests, by a fixed seed; the others are carried out."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret

    async def fault(request: web.Request, handler: Handler) -> web.StreamResponse:
        chosen = dice.choice(faults) if dice.random() < share else None
        return await (chosen(request, handler) if chosen else handler(request))

    return fault


def _connected(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
