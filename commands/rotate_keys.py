"""`python bot.py rotate-keys`: encrypts every stored secret by the first of SECRET_KEY.

May be broken off and run again, and runs beside the bot.
"""

import argparse
import sys

from commands import Subparsers
from commands.opening import with_store
from store import Rotated, Store


def add_parser(subparsers: Subparsers) -> None:
    """Add the command; it has no options."""
    subparsers.add_parser("rotate-keys", help="encrypt the stored secrets by the first key in SECRET_KEY")


def run(_: argparse.Namespace) -> int:
    """Encrypt anew what is under an older key; 1 when something could not be read, or the database not be used."""
    return with_store(_rotate)


async def _rotate(store: Store) -> int:
    done = await store.operator.rotate_keys(_tell)
    if done.unreadable:
        sys.stderr.write(
            f"{done.unreadable} of {done.total} secrets are under a key that is no longer in SECRET_KEY: "
            "add that key at the end and run this again, or set those places up anew.\n"
        )
        return 1
    told = f"All {done.total} secrets are under the first key; {done.renewed} were encrypted anew."
    sys.stdout.write(
        f"{told if done.total else 'There are no stored secrets to encrypt anew.'}\n"
        "Setup links that were signed by an older key are good for 24 hours more; then that key can go.\n"
    )
    return 0


def _tell(state: Rotated) -> None:
    sys.stdout.write(f"{state.renewed} encrypted anew\n")
    sys.stdout.flush()
