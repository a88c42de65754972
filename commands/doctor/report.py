"""The doctor's table."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Sequence

from commands.doctor.findings import Finding, Status

SIGNS = {Status.OK: "ok", Status.WARNING: "!", Status.FAILED: "FAIL", Status.SKIPPED: "-"}
WIDEST, NARROWEST = 160, 80
HEAD = ("", "check", "found", "means", "do")
GAP = "  "


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as one JSON object."""
    return json.dumps(
        {"healthy": is_healthy(findings), "findings": [finding.as_json() for finding in findings]}, indent=2
    )


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Say whether nothing failed."""
    return not any(finding.status is Status.FAILED for finding in findings)


def as_table(findings: Sequence[Finding], width: int = 0) -> str:
    """Return the findings as a table for people, `width` characters wide (0: as wide as the terminal)."""
    width = min(WIDEST, max(NARROWEST, width or shutil.get_terminal_size((WIDEST, 24)).columns))
    rows = [(SIGNS[each.status], each.check, each.found, each.means, each.do) for each in findings]
    widths = _widths(width, rows)
    lines = [line for row in (HEAD, *rows) for line in _lines(row, widths)]
    failures = sum(finding.status is Status.FAILED for finding in findings)
    last = "Nothing is wrong." if not failures else f"{failures} of {len(findings)} failed."
    return "\n".join([*lines, "", last])


def _widths(width: int, rows: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    check = min(24, max((len(row[1]) for row in rows), default=0))
    rest = width - 4 - check - 4 * len(GAP)
    return (4, check, rest * 36 // 100, rest * 30 // 100, rest - rest * 36 // 100 - rest * 30 // 100)


def _lines(row: tuple[str, ...], widths: Sequence[int]) -> Iterator[str]:
    cells = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=True)]
    for number in range(max(map(len, cells))):
        parts = (_at(cell, number).ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield GAP.join(parts).rstrip()


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""
