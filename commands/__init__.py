"""What `python bot.py <command>` does: one module a command, each with add_parser(subparsers) and run(args) -> int."""

import argparse
from typing import Protocol


class Subparsers(Protocol):
    """Where a command adds its own parser: what argparse's add_subparsers() returns."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002 - argparse's name
        """Return the parser of the command `name`."""
