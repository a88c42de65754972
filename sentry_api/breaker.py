"""The circuit breaker: a Sentry that keeps failing is left alone for a while, then tried by one request.

`Circuit` is the state machine of one organization and only computes; `Circuits` keeps one for each that failed.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from sentry_api.errors import SentryResting

FAILURES = 5
REST = 30.0
_MOST_CIRCUITS = 10_000


@dataclass(frozen=True, slots=True)
class Circuit:
    """Closed while `failures` < FAILURES; then open until `rests_until`; then one request may try (`trying`)."""

    failures: int = 0
    rests_until: float = 0.0
    trying: bool = False

    def wait(self, now: float) -> float:
        """Return 0 if a request may go now, else the seconds until the next may."""
        if self.failures < FAILURES:
            return 0.0
        left = self.rests_until - now
        return left if left > 0 else (REST if self.trying else 0.0)

    def started(self) -> "Circuit":
        """A request that was admitted is on its way."""
        return replace(self, trying=True) if self.failures >= FAILURES else self

    def failed(self, now: float) -> "Circuit":
        """Sentry could not be reached, did not answer in time, or answered 5xx."""
        return Circuit(min(self.failures + 1, FAILURES), now + REST)

    def abandoned(self) -> "Circuit":
        """The request ended without saying anything about Sentry."""
        return replace(self, trying=False)


class Circuits:
    """The circuits by organization. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._circuits: dict[Hashable, Circuit] = {}

    def start(self, key: Hashable) -> None:
        """Admit a request; raises SentryResting."""
        circuit = self._circuits.get(key)
        if circuit is None:
            return
        wait = circuit.wait(self._clock())
        if wait > 0:
            raise SentryResting(wait)
        self._circuits[key] = circuit.started()

    def succeeded(self, key: Hashable) -> None:
        """Sentry answered, whatever it said."""
        self._circuits.pop(key, None)

    def failed(self, key: Hashable) -> None:
        """Sentry did not answer, or with 5xx."""
        if key not in self._circuits and len(self._circuits) >= _MOST_CIRCUITS:
            self._circuits.pop(next(iter(self._circuits)))
        self._circuits[key] = self._circuits.get(key, Circuit()).failed(self._clock())

    def abandoned(self, key: Hashable) -> None:
        """The request was given up by us."""
        if key in self._circuits:
            self._circuits[key] = self._circuits[key].abandoned()
