"""What `python bot.py <command>` does: one module a command, each with add_parser(subparsers) and run(args) -> int.

A module is imported when its command is given; running the bot imports none.
"""

import argparse
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Protocol

# name → module
COMMANDS = {
    "doctor": "commands.doctor",
    "package": "commands.package",
    "deliveries": "commands.deliveries",
    "installations": "commands.installations",
    "rotate-keys": "commands.rotate_keys",
}


class Subparsers(Protocol):
    """Where a command adds its own parser: what argparse's add_subparsers() returns."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002 - argparse's name
        """Return the parser of the command `name`."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit status; argparse ends the process for a wrong one."""
    args = parse(arguments)
    status: int = import_module(COMMANDS[args.command]).run(args)
    return status


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the command's name as `command`, and its own options."""
    parser = argparse.ArgumentParser(prog="bot.py", description="Without a command the bot runs.")
    subparsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    for module in _modules(arguments):
        module.add_parser(subparsers)
    return parser.parse_args(arguments)


def _modules(arguments: Sequence[str]) -> list[ModuleType]:
    """Return the module of the named command, all when none is named: then it is help that is wanted."""
    named = [COMMANDS[word] for word in arguments[:1] if word in COMMANDS]
    return [import_module(path) for path in named or COMMANDS.values()]
