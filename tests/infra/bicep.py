"""The Bicep files, parsed, and what the tests ask of them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pycep import BicepParser

HOME = Path(__file__).resolve().parents[2]
INFRA = HOME / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))


@cache
def parsed(path: Path) -> dict[str, Any]:
    """The parsed file; raises when it is no Bicep."""
    content: dict[str, Any] = {**BicepParser().parse(text=path.read_text("utf-8"))}
    return content


def resource(module: str, name: str) -> dict[str, Any]:
    """What a resource of infra/modules is set to."""
    found: dict[str, Any] = parsed(INFRA / "modules" / f"{module}.bicep")["resources"][name]["config"]
    return found


def modules() -> Iterator[tuple[Path, str, Path, dict[str, Any]]]:
    """Every use of a module: the file that uses it, under which name, the module's file, what it is given."""
    for path in FILES:
        for name, module in parsed(path).get("modules", {}).items():
            yield path, name, path.parent / module["detail"]["path"], module["config"]["params"]


def outputs_used(path: Path, module: str) -> set[str]:
    return set(re.findall(rf"\b{module}\.outputs\.(\w+)", path.read_text("utf-8")))


def logged_events() -> set[str]:
    """The names of all events that the bot logs."""
    rooms = ("adapter", "handlers", "services", "store", "sentry_api")
    files = [HOME / "bot.py", *(path for room in rooms for path in (HOME / room).rglob("*.py"))]
    return {event for path in files for event in _events(ast.parse(path.read_text("utf-8")))}


def _events(tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.") and call.args:
            named = call.args[0]
            if isinstance(named, ast.Constant):
                yield str(named.value)
