"""What is told to others about the running bot, when its operators ask for it: traces, and its own errors.

Both need packages that requirements.txt does not have: requirements-azure.txt, requirements-sentry.txt. Nothing is
instrumented by itself: what leaves is what is named here, so that no address, text, name or token goes along.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

import tracing
from scrubbing import scrub_event
from settings import Settings

SERVICE = "sentry-teams-bot"
log = structlog.get_logger(__name__)


def start(settings: Settings) -> Callable[[], None]:
    """Start what the settings ask for and the installation has; returns what ends it, after sending what waits."""
    ends = [end for end in (_start_traces(settings), _start_errors(settings)) if end]

    def end_all() -> None:
        for end in ends:
            end()

    return end_all


def _start_traces(settings: Settings) -> Callable[[], None] | None:
    if not settings.insights and not settings.otlp_endpoint:
        return None
    try:
        spans = OpenTelemetrySpans(settings)
    except ImportError as error:
        log.warning("traces are asked for, but not installed", missing=error.name, install="requirements-azure.txt")
        return None
    tracing.use(spans)
    return spans.close


def _start_errors(settings: Settings) -> Callable[[], None] | None:
    if not settings.sentry_dsn:
        return None
    try:
        import sentry_sdk  # noqa: PLC0415 - not everybody installs it
    except ImportError as error:
        log.warning(
            "errors are to be reported, but that is not installed",
            missing=error.name,
            install="requirements-sentry.txt",
        )
        return None
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        server_name="",
        before_send=scrub_event,
    )
    return lambda: sentry_sdk.flush(2.0)


def report(_logger: object, _method: str, event: Any) -> Any:
    """Give the exception of a log line to Sentry, if that is on; a structlog processor."""
    error = event.get("exc_info")
    if error:
        _capture(error)
    return event


def _capture(error: Any) -> None:
    try:
        import sentry_sdk  # noqa: PLC0415 - not everybody installs it
    except ImportError:
        return
    sentry_sdk.capture_exception(None if error is True else error)


class OpenTelemetrySpans:
    """Spans for OpenTelemetry: sent in the background, in batches; dropped when nobody takes them."""

    def __init__(self, settings: Settings) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - not everybody installs it
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.trace import get_current_span, set_span_in_context  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        self._provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
        for exporter in _exporters(settings):
            self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(SERVICE)
        self._propagator = TraceContextTextMapPropagator()
        self._current, self._in_context = get_current_span, set_span_in_context

    @contextmanager
    def open(self, name: str, traceparent: str) -> Iterator[str]:
        """Run what is inside in a span below `traceparent`; gives the traceparent of what is below it."""
        parent = self._propagator.extract({"traceparent": traceparent}) if traceparent else None
        with self._tracer.start_as_current_span(name, parent, record_exception=False) as span:
            carrier: dict[str, str] = {}
            self._propagator.inject(carrier, self._in_context(span))
            yield carrier.get("traceparent", traceparent)

    def annotate(self, facts: Mapping[str, str]) -> None:
        """Add facts to the span that is open."""
        self._current().set_attributes({f"bot.{name}": value for name, value in facts.items()})

    def close(self) -> None:
        """Send what waits, for a few seconds."""
        self._provider.shutdown()


def _exporters(settings: Settings) -> Iterator[Any]:
    if settings.insights:
        from azure.monitor.opentelemetry.exporter import AzureMonitorTraceExporter  # noqa: PLC0415

        yield AzureMonitorTraceExporter(connection_string=settings.insights)
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        yield OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
