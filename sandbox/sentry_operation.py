"""One operation of Sentry's API: where it is, which scopes open it, what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.sentry_model import Organization, SentryState


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` names the organization as {organization}; any one of `scopes` opens the operation."""

    method: str
    path: str
    scopes: frozenset[str]
    carry_out: Callable[[web.Request, SentryState, Organization], Awaitable[web.StreamResponse]]
