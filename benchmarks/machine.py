"""What a process uses, and on which core it runs; as far as the system tells (Linux)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BOT_CORE, BENCH_CORE = 0, 1


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of all threads since the start, and resident memory in MB; nan where the system does not tell."""

    cpu: float
    memory: float


def usage(pid: int) -> Usage:
    """Return what the process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return Usage(float("nan"), float("nan"))
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return Usage(cpu, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20)


def family(pid: int) -> list[int]:
    """Return the process and those that it has started itself."""
    children = [
        int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()
    ]
    return [pid, *children]


def pin(core: int) -> bool:
    """Keep this process, and what it starts from now on, on one core; False where that cannot be done."""
    if not hasattr(os, "sched_setaffinity") or not {BOT_CORE, BENCH_CORE} <= os.sched_getaffinity(os.getppid()):
        return False
    os.sched_setaffinity(0, {core})
    return True


@contextmanager
def starting_on(core: int) -> Iterator[None]:
    """What is started in the block runs on that core; this process returns to its own."""
    pin(core)
    try:
        yield
    finally:
        pin(BENCH_CORE)
