"""Sentry's rate limits: so many requests of one caller in a window, told on every answer."""

import time
from collections import defaultdict
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.sentry_refusals import refusal


@dataclass(slots=True)
class Limits:
    """`requests` in each window of `window` seconds, counted for each token."""

    requests: int = 100_000
    window: float = 1.0
    _seen: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def reset(self) -> None:
        """As at the beginning."""
        self.requests, self.window = 100_000, 1.0
        self._seen.clear()

    def exceeded(self, caller: str) -> web.Response | None:
        """Count a request; the refusal if it is one too many."""
        at, seen = time.time(), self._seen[caller]
        seen[:] = [then for then in seen if then > at - self.window]
        if len(seen) < self.requests:
            seen.append(at)
            return None
        rule = f"{self.requests} requests in {self.window:g} seconds"
        sentence = f"You are attempting to use this endpoint too frequently. Limit is {rule}"
        return refusal(429, sentence)

    def tell(self, caller: str, answer: web.StreamResponse) -> None:
        """Put the headers on an answer."""
        seen = self._seen[caller]
        left = max(self.requests - len(seen), 0)
        answer.headers["X-Sentry-Rate-Limit-Limit"] = str(self.requests)
        answer.headers["X-Sentry-Rate-Limit-Remaining"] = str(left)
        answer.headers["X-Sentry-Rate-Limit-Reset"] = f"{(seen[0] if seen else time.time()) + self.window:.3f}"
        answer.headers["X-Sentry-Rate-Limit-ConcurrentLimit"] = "25"
        answer.headers["X-Sentry-Rate-Limit-ConcurrentRemaining"] = "24"
