"""Which request this is: a W3C trace id in every log line and in every call to the connector.

Spans are made only when telemetry.py has set a tracer; otherwise this costs two microseconds a request.
"""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol

# https://www.w3.org/TR/trace-context/: version "ff" and ids of zeros are not allowed; later versions may append.
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<parent>(?!0{16})[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(-.*)?"
)
_LONGEST = 512
_outgoing: ContextVar[str] = ContextVar("traceparent", default="")


class Spans(Protocol):
    """What makes spans, when somebody wants them."""

    def open(self, name: str, traceparent: str) -> Any:
        """Return a context manager: a span below `traceparent`; entered, it gives the traceparent of what is below."""

    def annotate(self, facts: Mapping[str, str]) -> None:
        """Add facts to the span that is open."""


class _Switch:
    spans: Spans | None = None


def use(spans: Spans | None) -> None:
    """Let spans be made from now on (None: no more)."""
    _Switch.spans = spans


def begin(header: str | None) -> str:
    """Start a request, in the trace that the caller's traceparent names if it is valid; returns the trace id."""
    found = _TRACEPARENT.fullmatch(header) if header and len(header) <= _LONGEST else None
    fresh = f"{random.getrandbits(192):048x}"
    trace_id, flags = (found["trace"], found["flags"]) if found else (fresh[:32], "01")
    parent = found["parent"] if found and _Switch.spans else fresh[32:]
    _outgoing.set(f"00-{trace_id}-{parent}-{flags}")
    return trace_id


def span(name: str) -> AbstractContextManager[None]:
    """Return a context manager that makes what is inside a span of its own, if spans are made at all."""
    return _NOTHING if _Switch.spans is None else _opened(_Switch.spans, name)


_NOTHING = nullcontext()


@contextmanager
def _opened(spans: Spans, name: str) -> Iterator[None]:
    with spans.open(name, _outgoing.get()) as traceparent:
        reset = _outgoing.set(traceparent)
        try:
            yield
        finally:
            _outgoing.reset(reset)


def annotate(**facts: str) -> None:
    """Add facts to the span that is open: ids and outcomes, never names, texts or tokens."""
    if _Switch.spans is not None:
        _Switch.spans.annotate(facts)


def headers() -> dict[str, str]:
    """Return what goes along with an outgoing request; nothing outside of a request."""
    traceparent = _outgoing.get()
    return {"traceparent": traceparent} if traceparent else {}
