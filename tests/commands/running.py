"""How a command is run in tests: as bot.py does it, arguments in, exit status out."""

import argparse
import logging
from types import ModuleType

import structlog


def run(command: ModuleType, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(required=True))
    level = logging.getLogger().level
    try:
        status: int = command.run(parser.parse_args(arguments))
    finally:
        # A command has its process to itself and may be as quiet as it likes.
        structlog.reset_defaults()
        logging.getLogger().setLevel(level)
    return status
