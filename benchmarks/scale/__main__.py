"""Measure what 1, 2 and 4 processes on one PostgreSQL do in a second, what it costs, and the memory over time.

python -m benchmarks.scale [--processes N …] [--installs N] [--cards N] [--rounds N]
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.bots import WrongResult
from benchmarks.chaos.__main__ import ARTIFACTS
from benchmarks.loops import run
from benchmarks.remote import open_cloud
from benchmarks.scale.measure import Cost, Counts, Measured, measure
from tests.postgres import DURABLE, running_postgres


def main() -> int:
    """Return 0 when every install and every card got through, however fast; 1 otherwise."""
    options = _options()
    try:
        measured = run(_measure(options.processes, Counts(options.installs, options.cards, options.rounds)))
    except WrongResult as wrong:
        print(f"Wrong result: {wrong}", file=sys.stderr)
        return 1
    print("\n".join(_table(measured)))
    print(f"\n{os.cpu_count()} cores for all of it, load average {os.getloadavg()[0]:.1f}.")
    return 0


async def _measure(processes: Sequence[int], counts: Counts) -> list[Measured]:
    ARTIFACTS.mkdir(exist_ok=True)
    found = []
    with tempfile.TemporaryDirectory(prefix="scale-", dir=ARTIFACTS) as folder, running_postgres(DURABLE) as postgres:
        async with open_cloud(Path(folder)) as cloud:
            for number in processes:
                found.append(await measure(number, counts, cloud, postgres, Path(folder)))
                print(found[-1], file=sys.stderr, flush=True)
    return found


def _table(measured: Sequence[Measured]) -> list[str]:
    head = ["", *(f"{each.processes} process{'es' * (each.processes > 1)}" for each in measured)]
    rows = {
        "installs a second": [f"{each.installs.rate:.0f}" for each in measured],
        "CPU ms an install, bot + PostgreSQL": [_cpu(each.installs) for each in measured],
        "cards a second": [f"{median(cost.rate for cost in each.cards):.0f}" for each in measured],
        "CPU ms a card, bot + PostgreSQL": [_cpu(_middle(each.cards)) for each in measured],
        "memory MB of a process: start, after installs, after each round of cards": [
            ", ".join(f"{megabytes:.0f}" for megabytes in each.memory) for each in measured
        ],
    }
    lines = [head, ["---", *["--:"] * len(measured)], *([name, *cells] for name, cells in rows.items())]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _middle(costs: Sequence[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.bot)[len(costs) // 2]


def _cpu(cost: Cost) -> str:
    return f"{cost.bot:.2f} + {cost.database:.2f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Measures several processes.")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--installs", type=int, default=3000)
    parser.add_argument("--cards", type=int, default=3000, help="in each round")
    parser.add_argument("--rounds", type=int, default=3, help="of cards")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
