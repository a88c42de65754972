"""Measure our bot beside the stock SDK and a bare handler, interleaved, and print the ratios.

python -m benchmarks [--quick] [--rounds N] [--hang SECONDS] [--memory N] [--json FILE]
"""

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path

import orjson

from benchmarks.bots import BOTS, WrongResult
from benchmarks.figures import DEFAULT, QUICK, Figures, Plan
from benchmarks.loops import run
from benchmarks.machine import BENCH_CORE, pin
from benchmarks.measure import Bench, measure_once, measure_round
from benchmarks.remote import REPOSITORY, open_cloud
from benchmarks.table import table

ARTIFACTS = REPOSITORY / "artifacts"
Results = dict[str, list[Figures]]


def main() -> int:
    """Return 0 when every bot did its job, however fast; 1 when a result was wrong."""
    options = _options()
    pinned = pin(BENCH_CORE)
    began = time.monotonic()
    try:
        results = run(_measure(_plan(options)))
    except WrongResult as wrong:
        print(f"Wrong result: {wrong}", file=sys.stderr)
        return 1
    print(table(results))
    where = "bot on core 0, load and Microsoft's side on core 1" if pinned else "not pinned to cores"
    busy = f"load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    print(f"\n{os.cpu_count()} cores ({where}), {busy}, {time.monotonic() - began:.0f} s.")
    if options.json:
        options.json.write_bytes(orjson.dumps({"plan": asdict(_plan(options)), "results": results}))
    return 0


async def _measure(plan: Plan) -> Results:
    ARTIFACTS.mkdir(exist_ok=True)
    results: Results = defaultdict(list)
    # Not under /tmp, which is memory on some machines: the database belongs on a disk.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ARTIFACTS) as folder:
        async with open_cloud(Path(folder)) as cloud:
            bench = Bench(cloud, Path(folder), plan)
            for number in range(plan.rounds):
                for bot in BOTS:
                    results[bot.name].append(await measure_round(bench, bot))
                    _tell(f"round {number + 1} of {plan.rounds}, {bot.name}: {results[bot.name][-1]}")
            for bot in BOTS:
                results[bot.name].append(await measure_once(bench, bot))
                _tell(f"hanging hosts and memory, {bot.name}: {results[bot.name][-1]}")
    return dict(results)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures the install flow.")
    parser.add_argument("--quick", action="store_true", help="less than a minute, rough figures")
    parser.add_argument("--rounds", type=int, help="interleaved rounds; the table shows medians")
    parser.add_argument("--hang", type=float, metavar="SECONDS", help="for how long each host hangs")
    parser.add_argument("--memory", type=int, metavar="N", help="memory is taken after N and after 10 N activities")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure of every round there")
    return parser.parse_args()


def _plan(options: argparse.Namespace) -> Plan:
    chosen = {"rounds": options.rounds, "hang": options.hang, "few": options.memory}
    given = {name: value for name, value in chosen.items() if value is not None}
    return replace(QUICK if options.quick else DEFAULT, **given)


if __name__ == "__main__":
    sys.exit(main())
