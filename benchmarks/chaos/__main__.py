"""Kill the bot while it works, fail what it calls, restart its database, and look whether anything is lost.

python -m benchmarks.chaos [--quick] [--sqlite | --both] [--seconds N] [--installs N] [--cards N] [--json FILE]
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from benchmarks.bots import WrongResult
from benchmarks.chaos.plan import FULL, QUICK, Plan
from benchmarks.chaos.run import Outcome, run_once
from benchmarks.chaos.table import table
from benchmarks.loops import run
from benchmarks.remote import REPOSITORY

ARTIFACTS = REPOSITORY / "artifacts"


def main() -> int:
    """Return 0 when nothing was lost, out of order, over a limit or there twice for no reason."""
    options = _options()
    try:
        outcomes = run(_run_all(_plans(options), together=options.quick))
    except WrongResult as wrong:
        print(f"Wrong result: {wrong}", file=sys.stderr)
        return 1
    print(table(outcomes))
    if options.json:
        options.json.write_bytes(orjson.dumps([outcome.report for outcome in outcomes]))
    return 0 if all(outcome.good for outcome in outcomes) else 1


async def _run_all(plans: Sequence[Plan], *, together: bool) -> list[Outcome]:
    ARTIFACTS.mkdir(exist_ok=True)
    # Not under /tmp, which is memory on some machines: the database belongs on a disk.
    with tempfile.TemporaryDirectory(prefix="chaos-", dir=ARTIFACTS) as folder:
        runs = [run_once(plan, _made(Path(folder) / f"{number}")) for number, plan in enumerate(plans)]
        return await asyncio.gather(*runs) if together else [await each for each in runs]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _plans(options: argparse.Namespace) -> list[Plan]:
    base = QUICK if options.quick else FULL
    chosen = {"seconds": options.seconds, "installs": options.installs, "cards": options.cards}
    plan = replace(base, **{name: value for name, value in chosen.items() if value is not None})
    alone = replace(plan, sqlite=True, instances=1)
    return [plan, alone] if options.both else [alone] if options.sqlite else [plan]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute; several kinds at the same time")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--sqlite", action="store_true", help="one instance on SQLite instead of three on PostgreSQL")
    kind.add_argument("--both", action="store_true", help="both kinds")
    parser.add_argument("--seconds", type=float, help="for how long installs and cards come, and instances die")
    parser.add_argument("--installs", type=int)
    parser.add_argument("--cards", type=int, help="a multiple of the conversations (500, quick: 50)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write what the connector saw there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
