"""How a command is run in tests: as bot.py does it, arguments in, exit status out."""

import argparse
from types import ModuleType


def run(command: ModuleType, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(required=True))
    status: int = command.run(parser.parse_args(arguments))
    return status
