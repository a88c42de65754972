"""Measure the door of Sentry's webhooks: latency under load, memory, and that nothing is lost.

python -m benchmarks.webhooks [--quick] [--count N] [--seconds S] [--issues N]
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import orjson

from benchmarks.bot_process import Process, started
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.sentry_delivery import sign
from sandbox.sentry_hooks import Alert, Failure
from sandbox.teams import Team, Teams, install_team

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
DRAINED_WITHIN = 300.0


@dataclass(slots=True)
class Run:
    """What was seen: seconds until each answer, answers by status, megabytes of memory."""

    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)


def main() -> int:
    """Return 0 when every webhook was taken, kept and worked on; 1 otherwise."""
    options = _options()
    ARTIFACTS.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="webhooks-", dir=ARTIFACTS) as folder,
        Microsoft() as microsoft,
        Sentry() as sentry,
    ):
        return asyncio.run(_measure(options, Path(folder), microsoft, sentry))


async def _measure(options: argparse.Namespace, folder: Path, microsoft: Microsoft, sentry: Sentry) -> int:
    async with started(folder, microsoft, sentry) as process, aiohttp.ClientSession() as session:
        await _connect(process, session, microsoft, sentry)
        bodies = await _templates(sentry, options.issues)
        cpu, began = process.cpu(), time.monotonic()
        run = await _send(options, process, session, sentry, bodies)
        sent_in = time.monotonic() - began
        drained_in = await _drained(process, began)
        cpu = process.cpu() - cpu
        kept = process.ask("SELECT count(*), sum(state = 1) FROM webhooks WHERE kind = 'EventAlert'")[0]
        cards = process.ask("SELECT count(*), sum(events) FROM issue_cards")[0]
    waits = sorted(run.waits)
    expected = options.count + options.issues
    print(f"{options.count} webhooks on {options.issues} issues in {sent_in:.0f} s, answers: {dict(run.statuses)}")
    print(f"answered after (ms): median {_at(waits, 0.5)}, p99 {_at(waits, 0.99)}, longest {waits[-1] * 1000:.0f}")
    print(f"kept {kept[0]}, done {kept[1]} of {expected}; worked off {drained_in - sent_in:.1f} s after the last one")
    print(f"cards {cards[0]}, counted on them {cards[1]}; CPU {cpu / options.count * 1000:.2f} ms a webhook")
    print(f"memory (MB): {run.memory[0]:.0f} before, {max(run.memory):.0f} at most")
    good = set(run.statuses) == {200} and kept == (expected, expected) and cards == (options.issues, options.count)
    return 0 if good else 1


async def _connect(process: Process, session: aiohttp.ClientSession, microsoft: Microsoft, sentry: Sentry) -> None:
    await Teams(microsoft, process.url, session).post(install_team(Team()))
    await microsoft.connector.arrived(1)
    card = microsoft.connector.activities[0].activity["attachments"][0]["content"]
    link = urlsplit(next(action["url"] for action in card["actions"] if "/setup?" in action.get("url", "")))
    sentry.app.webhook_url = f"{process.url}/sentry/webhook"
    form = {"sentry_url": sentry.url, "organization": sentry.organization.slug, "token": sentry.token}
    form["client_secret"] = sentry.app.client_secret
    async with session.post(f"{process.url}{link.path}?{link.query}", data=form) as response:
        if response.status != 200:
            raise RuntimeError(await response.text())


async def _templates(sentry: Sentry, issues: int) -> list[bytes]:
    """Raise an alert for each issue; returns the webhooks, to be sent again as others."""
    bodies = []
    for number in range(issues):
        _, delivery = await sentry.raise_issue_alert(Alert(failure=Failure(title=f"KeyError: number {number}")))
        bodies.append(delivery.body)
    return bodies


async def _send(
    options: argparse.Namespace,
    process: Process,
    session: aiohttp.ClientSession,
    sentry: Sentry,
    bodies: list[bytes],
) -> Run:
    run, began, tasks = Run(memory=[process.memory()]), time.monotonic(), set()
    for number in range(options.count):
        await asyncio.sleep(max(0.0, began + number * options.seconds / options.count - time.monotonic()))
        body = _another(bodies[number % len(bodies)])
        task = asyncio.create_task(_post(run, session, process.url, sentry.app.client_secret, body))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        if number % 500 == 0:
            run.memory.append(process.memory())
    await asyncio.gather(*tasks)
    run.memory.append(process.memory())
    return run


def _another(body: bytes) -> bytes:
    whole = orjson.loads(body)
    whole["data"]["event"]["event_id"] = secrets.token_hex(16)
    return orjson.dumps(whole)


async def _post(run: Run, session: aiohttp.ClientSession, url: str, secret: str, body: bytes) -> None:
    headers = {"Request-ID": secrets.token_hex(16), "Sentry-Hook-Resource": "event_alert"}
    headers["Sentry-Hook-Signature"] = sign(secret, body)
    began = time.monotonic()
    async with session.post(f"{url}/sentry/webhook", data=body, headers=headers) as response:
        await response.read()
    run.waits.append(time.monotonic() - began)
    run.statuses[response.status] += 1


async def _drained(process: Process, began: float) -> float:
    while process.ask("SELECT count(*) FROM webhooks WHERE state = 0")[0][0]:
        if time.monotonic() - began > DRAINED_WITHIN:
            break
        await asyncio.sleep(0.2)
    return time.monotonic() - began


def _at(waits: list[float], share: float) -> str:
    return f"{waits[min(len(waits) - 1, int(len(waits) * share))] * 1000:.1f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webhooks", description="Measures the webhook door.")
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    parser.add_argument("--count", type=int, default=0, help="webhooks to send (10,000)")
    parser.add_argument("--seconds", type=float, default=0.0, help="time in which they are sent (60)")
    parser.add_argument("--issues", type=int, default=50, help="issues that they are about")
    options, _ = parser.parse_known_args()
    options.count = options.count or (1000 if options.quick else 10_000)
    options.seconds = options.seconds or (6.0 if options.quick else 60.0)
    return options


if __name__ == "__main__":
    sys.exit(main())
