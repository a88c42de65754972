"""Traces and errors of the bot itself, sent to real local servers; a process of its own each, for both are global."""

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from sandbox.microsoft import Microsoft
from sandbox.standin import listen, port_of
from sandbox.teams import install_team, new_team
from tests.test_process import environment, process

ROOT = Path(__file__).parent.parent
PROGRAM = """
import logs, structlog, telemetry
from settings import load_settings
settings = load_settings()
end = telemetry.start(settings)
logs.configure(settings)
try:
    raise LookupError("nobody has megan@contoso.com")
except LookupError:
    structlog.get_logger().exception("request failed", path="/setup?signed_params=secret")
end()
"""


@dataclass
class Collector:
    """Takes whatever is posted."""

    url: str = ""
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append((request.path, await request.read()))
        return web.Response(content_type="application/json", text="{}")


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    taking = Collector()
    app = web.Application()
    app.router.add_post("/{path:.*}", taking.take)
    runner = await listen(app, 0)
    taking.url = f"http://127.0.0.1:{port_of(runner)}"
    yield taking
    await runner.cleanup()


async def run(program: str, **values: str) -> subprocess.CompletedProcess[str]:
    given = environment({"SECRET_KEY": "k" * 40, "LOG_FORMAT": "json", **values})
    arguments = [sys.executable, "-c", program]
    return await asyncio.to_thread(
        subprocess.run, arguments, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=True
    )


async def test_a_turn_and_its_post_are_spans_of_one_trace(
    collector: Collector, values: dict[str, str], microsoft: Microsoft
) -> None:
    async with process({**values, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}, microsoft) as bot:
        assert (await bot.teams.post(install_team(new_team("Secret plans")))).status == 201
    spans = {span.name: span for span in _spans(collector)}
    turn, post = spans["activity"], spans["connector POST"]
    assert turn.trace_id == post.trace_id
    assert post.parent_span_id == turn.span_id
    assert {fact.key for fact in turn.attributes} == {"bot.activity", "bot.kind", "bot.tenant", "bot.outcome"}
    (posted,) = microsoft.connector.activities
    assert posted.headers["traceparent"].split("-")[1:3] == [post.trace_id.hex(), post.span_id.hex()]
    sent = b"".join(body for _, body in collector.bodies)
    assert not any(secret in sent for secret in (b"Secret plans", b"signed_params", b"eyJ"))


def _spans(collector: Collector) -> list[Any]:
    requests = [
        ExportTraceServiceRequest.FromString(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        for path, body in collector.bodies
        if path == "/v1/traces"
    ]
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


async def test_application_insights_is_an_exporter_of_its_own() -> None:
    program = (
        "import telemetry; from settings import load_settings;"
        "print([type(each).__name__ for each in telemetry._exporters(load_settings())])"
    )
    connection = f"InstrumentationKey={'0' * 8}-0000-0000-0000-{'0' * 12};IngestionEndpoint=http://127.0.0.1:1"
    ran = await run(program, APPLICATIONINSIGHTS_CONNECTION_STRING=connection)
    assert ran.stdout == "['AzureMonitorTraceExporter']\n"


async def test_an_error_is_reported_to_sentry_without_what_people_put_in(collector: Collector) -> None:
    await run(PROGRAM, SENTRY_DSN=collector.url.replace("http://", "http://key@") + "/1")
    ((path, body),) = collector.bodies
    text = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
    event = json.loads(text.splitlines()[2])
    assert path == "/api/1/envelope/"
    assert event["exception"]["values"][0]["type"] == "LookupError"
    assert event["exception"]["values"][0]["value"] == "nobody has …"
    assert not any(secret in text for secret in ("megan", "signed_params", "k" * 40))


async def test_nothing_is_sent_that_nobody_asked_for(collector: Collector) -> None:
    ran = await run(PROGRAM)
    assert collector.bodies == []
    assert "request failed" in ran.stderr


@pytest.mark.parametrize(
    ("name", "value", "missing", "told"),
    [
        ("SENTRY_DSN", "http://key@127.0.0.1:1/1", "sentry_sdk", "requirements-sentry.txt"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", "opentelemetry.sdk.resources", "requirements-azure.txt"),
    ],
)
async def test_what_is_not_installed_is_told_and_does_without(name: str, value: str, missing: str, told: str) -> None:
    ran = await run(f"import sys; sys.modules['{missing}'] = None{PROGRAM}", **{name: value})
    assert told in ran.stdout + ran.stderr
    assert "request failed" in ran.stderr


async def test_a_bot_that_is_not_asked_imports_neither() -> None:
    program = (
        "import sys, bot; print([name for name in sys.modules if name.startswith(('sentry_sdk', 'opentelemetry'))])"
    )
    assert (await run(program)).stdout == "[]\n"
