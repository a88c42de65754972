"""Explain the hot path's statements on a large PostgreSQL: which index each uses, and how long it takes.

python -m benchmarks.explain [--installations N] [--deliveries N]
"""

import argparse
import asyncio
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchmarks.explain.calls import TIMES, Calls
from benchmarks.explain.plans import Plan, Told
from benchmarks.explain.rows import Size, fill
from store import Store
from tests.postgres import Postgres, running_postgres

LIMIT = 2.0
SMALL = Size(installations=10_000, deliveries=50_000)
KEYS = ("a-key-for-the-benchmark-that-is-long-enough",)
_WITH = re.compile(r"^WITH .*?\) (?=UPDATE)")
Plans = Mapping[tuple[str, str], Sequence[Plan]]


def main() -> int:
    """Return 0 when every statement has its index and its median is below the limit."""
    options = _options()
    size = Size(options.installations, options.deliveries)
    with running_postgres() as postgres:
        small, large = _explain(postgres, SMALL), _explain(postgres, size)
    print("\n".join(_table(small, large, size)))
    return 0 if all(_good(plans) for plans in large.values()) else 1


def _explain(postgres: Postgres, size: Size) -> Plans:
    url = postgres.url(postgres.create_database())
    began = time.monotonic()
    asyncio.run(_make_tables(url))
    fill(url, size)
    print(f"{size}: filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    told, found = Told(url), defaultdict(list)
    for name, call in Calls(size).by_name().items():
        for _ in range(TIMES):
            told.link.run(call)
        for plan in told.take():
            found[name, plan.statement].append(plan)
    told.link.close()
    return found


async def _make_tables(url: str) -> None:
    await (await Store.open(url, cipher_keys=KEYS)).close()


def _good(plans: Sequence[Plan]) -> bool:
    return median(plan.milliseconds for plan in plans) < LIMIT and not any(plan.scans for plan in plans)


def _table(small: Plans, large: Plans, size: Size) -> Iterator[str]:
    yield f"| call | statement | {SMALL.deliveries:,} deliveries | {size.deliveries:,} deliveries | longest | indexes |"
    yield "|---|---|--:|--:|--:|---|"
    for (name, statement), plans in large.items():
        before = small.get((name, statement), ())
        yield f"| {name} | {_words(statement)} | {_ms(before)} | {_ms(plans)} | {_longest(plans)} | {_how(plans)} |"


def _words(statement: str) -> str:
    """Return what the statement does, and to which table."""
    found = re.search(r"(?:INSERT (INTO)|(UPDATE)|DELETE (FROM)|.*? (FROM)) (\w+)", _WITH.sub("", statement))
    verb = statement.split(maxsplit=1)[0] if not statement.startswith("WITH") else "UPDATE"
    return f"{verb} {found[5]}" if found else verb


def _ms(plans: Sequence[Plan]) -> str:
    return f"{median(plan.milliseconds for plan in plans):.3f} ms" if plans else "-"


def _longest(plans: Sequence[Plan]) -> str:
    return f"{max(plan.milliseconds for plan in plans):.2f} ms"


def _how(plans: Sequence[Plan]) -> str:
    scans = {f"**reads all of {table}**" for plan in plans for table in plan.scans}
    return ", ".join(sorted(scans) + sorted({index for plan in plans for index in plan.indexes}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explain", description=__doc__)
    parser.add_argument("--installations", type=int, default=1_000_000)
    parser.add_argument("--deliveries", type=int, default=5_000_000)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
