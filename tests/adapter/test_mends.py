"""README names a test for each defect of the SDK; a name that leads nowhere would be a promise that nobody keeps."""

import re
from pathlib import Path

from tests.adapter.test_requests import ROWS

TESTS = Path(__file__).parents[1]
README = (TESTS.parent / "README.md").read_text("utf-8")
SECTION = README.partition("## What the adapter mends")[2].partition("\n## ")[0]
MENDS = [line for line in SECTION.splitlines() if line.startswith("| ") and not line.startswith("| the SDK")]


def last_cells() -> list[str]:
    return [line.split("|")[-2] for line in MENDS if line.split("|")[-2].strip().startswith(("`test_", "row"))]


def test_every_test_that_is_named_is_there() -> None:
    here = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("*.py"))
    named = {name for cell in last_cells() for name in re.findall(r"`(test_\w+)`", cell)}
    assert len(named) > 35
    assert {name for name in named if f"def {name}(" not in here} == set()


def test_every_file_that_is_named_is_there() -> None:
    named = {name for cell in last_cells() for name in re.findall(r"`(\w+\.py)`", cell)}
    assert {name for name in named if not (TESTS / "adapter" / name).exists()} == set()


def test_every_row_that_is_named_is_there() -> None:
    names = {row.name for row in ROWS}
    named = {name for cell in last_cells() for name in re.findall(r'"([^"]+)"', cell)}
    assert len(named) > 15
    assert {name for name in named if name not in names} == set()
