"""The measurements: each starts a bot's process, or uses one, and returns figures by name."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import figures as names
from benchmarks.bots import Bot, Running, running
from benchmarks.figures import Figures, Plan
from benchmarks.load import Pings, send_all, send_until_taken
from benchmarks.proof import check_answers, check_cards, check_rows
from benchmarks.remote import Cloud
from benchmarks.requests import installs

WARM_UP, WARM_UP_SLOW = 100, 10
FAR = 0.05
AT_ONCE, AT_ONCE_FAR = 32, 16
NO_LIMIT = 600.0
RESEND_AFTER = 0.5
AFTER_OUTAGE_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measurement needs."""

    cloud: Cloud
    folder: Path
    plan: Plan


async def measure_round(bench: Bench, bot: Bot) -> Figures:
    """Start the bot, load it, and load it again with Microsoft's hosts far away."""
    with running(bot, bench.folder, bench.cloud.environment) as process:
        found = await _cold_start(bench, process)
        warm_up = WARM_UP_SLOW if bot.slow else WARM_UP
        served = 1 + await _serve(bench, process, warm_up, NO_LIMIT)
        count, figures = await _load(bench, process)
        found.update(figures)
        more, figures = await _load_far(bench, process)
        found.update(figures)
        await check_rows(process, served + count + more)
    return found


async def measure_once(bench: Bench, bot: Bot) -> Figures:
    """Let each of Microsoft's hosts hang in turn, then look at the memory after few and after many activities."""
    await bench.cloud.reset()
    await bench.cloud.hold(("keys", "token", "connector"))
    with running(bot, bench.folder, bench.cloud.environment) as process:
        found = await _hang(bench, process)
        few = bench.plan.few_slow if bot.slow else bench.plan.few
        served = await _serve(bench, process, few - 1, NO_LIMIT)
        found[names.MEMORY_FEW] = process.usage().memory
        served += await _serve(bench, process, 9 * few, NO_LIMIT)
        found[names.MEMORY_MANY] = process.usage().memory
        found[names.MEMORY_GROWTH] = found[names.MEMORY_MANY] / found[names.MEMORY_FEW]
        await check_rows(process, 1 + served)
    return found


async def _cold_start(bench: Bench, process: Running) -> Figures:
    await bench.cloud.reset()
    (first,) = await installs(1, bench.cloud)
    await process.listening()
    await send_until_taken(process.port, first, 0.05)
    taken, cpu = time.monotonic() - process.started, process.usage().cpu
    await check_cards(bench.cloud, process, [first.conversation])
    return {names.COLD_START: taken, names.COLD_CPU: cpu}


async def _serve(bench: Bench, process: Running, count: int, seconds: float) -> int:
    """Serve up to `count` installs that are not measured; returns how many it were."""
    due = await installs(count, bench.cloud)
    await bench.cloud.reset()
    sent = await send_all(process.port, due, AT_ONCE, seconds)
    check_answers(process, sent)
    await check_cards(bench.cloud, process, sent.conversations)
    return len(sent.conversations)


async def _load(bench: Bench, process: Running) -> tuple[int, Figures]:
    due = await installs(bench.plan.count, bench.cloud)
    await bench.cloud.reset()
    before, bench_before = process.usage(), (await bench.cloud.report())["cpu"] + time.process_time()
    sent = await send_all(process.port, due, AT_ONCE, bench.plan.seconds)
    after, bench_after = process.usage(), (await bench.cloud.report())["cpu"] + time.process_time()
    check_answers(process, sent)
    report = await check_cards(bench.cloud, process, sent.conversations)
    count, elapsed = len(sent.conversations), max(sent.ended, report["last_card"]) - sent.began
    figures = {
        names.RATE: count / elapsed,
        names.CPU: (after.cpu - before.cpu) / count * 1000,
        names.CONNECTIONS: report["connections"].get("connector", 0) / count,
        names.TOKEN_REQUESTS: report["requests"].get("token", 0) / count,
        names.BOT_SHARE: (after.cpu - before.cpu) / elapsed * 100,
        names.BENCH_SHARE: (bench_after - bench_before) / elapsed * 100,
    }
    return count, figures


async def _load_far(bench: Bench, process: Running) -> tuple[int, Figures]:
    due = await installs(bench.plan.count_far, bench.cloud)
    await bench.cloud.reset(delay=FAR)
    async with Pings.to(process.port) as pings:
        sent = await send_all(process.port, due, AT_ONCE_FAR, bench.plan.seconds / 2)
        waits = pings.take()
    check_answers(process, sent)
    await check_cards(bench.cloud, process, sent.conversations)
    count = len(sent.conversations)
    rate = {names.RATE_FAR: count / (sent.ended - sent.began)}
    return count, {**rate, names.STALL_P95: _percentile(waits, 0.95), names.STALL_MAX: waits[-1]}


async def _hang(bench: Bench, process: Running) -> Figures:
    """One install meets all three hosts in turn: the keys, the token, the connector."""
    (first,) = await installs(1, bench.cloud)
    await process.listening()
    found = {}
    async with Pings.to(process.port) as pings:
        sending = asyncio.create_task(send_until_taken(process.port, first, RESEND_AFTER))
        for kind, name in names.STALL_HANGING.items():
            await asyncio.sleep(bench.plan.hang)
            found[name] = max(pings.take(), default=0.0)
            await bench.cloud.release(kind)
        await sending
    await check_cards(bench.cloud, process, [first.conversation], AFTER_OUTAGE_WITHIN)
    return found


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
