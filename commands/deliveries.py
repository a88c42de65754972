"""`python bot.py deliveries`: what waits to be posted in Teams, what gave up and why; `… retry` tries that again."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from adapter.database_token import database_password
from adapter.errors import CredentialsError
from commands import Subparsers
from settings import SettingsError, load_settings
from store import MOST_COUNTED, Listed, State, Store, StoreError

PAGE = 500
HOURS_FROM = 120
SHOWN = (State.WAITING, State.FAILED)
WORDS = {State.WAITING: "waits", State.FAILED: "gave up"}
HEAD = ("id", "state", "what for", "tries", "since", "next try", "tenant", "conversation", "what went wrong last")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "deliveries", help="list what waits to be posted in Teams and what gave up; retry it"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with everything that is known")
    actions = parser.add_subparsers(dest="action", metavar="retry")
    retry = actions.add_parser("retry", help="let deliveries that gave up wait again, with all their time before them")
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", metavar="ID", nargs="*", type=int, default=[], help="as the list shows it")
    which.add_argument("--all", action="store_true", help="everything that gave up")


def run(args: argparse.Namespace) -> int:
    """Show or retry; 1 when there was nothing to retry, or the database cannot be used; 2 for wrong settings."""
    try:
        return asyncio.run(_run(args))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (StoreError, CredentialsError, OSError) as error:
        sys.stderr.write(f"The deliveries cannot be read: {error}\n")
        return 1


async def _run(args: argparse.Namespace) -> int:
    settings = load_settings()
    store = await Store.open(
        settings.database_url, cipher_keys=settings.secret_keys, password=database_password(settings)
    )
    try:
        if args.action == "retry":
            return await _retry(store, args.ids or None)
        await (_print_json(store) if args.json else _print_table(store))
        return 0
    finally:
        await store.close()


async def _retry(store: Store, ids: Sequence[int] | None) -> int:
    taken = await store.deliveries.retry(ids)
    more = taken if ids is None else 0
    while more:
        more = await store.deliveries.retry(None)
        taken += more
    sys.stdout.write(f"{taken} of them {'wait' if taken != 1 else 'waits'} again.\n" if taken else "None gave up.\n")
    return 0 if taken else 1


async def _listed(store: Store) -> AsyncIterator[Listed]:
    """Yield all that waits, then all that gave up, by their ids."""
    for state in SHOWN:
        after = 0
        while page := await store.deliveries.listing(state, PAGE, after):
            for listed in page:
                yield listed
            after = page[-1].id


async def _print_json(store: Store) -> None:
    async for listed in _listed(store):
        sys.stdout.write(json.dumps({**asdict(listed), "state": listed.state.name.lower()}, default=_text) + "\n")


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def _print_table(store: Store) -> None:
    lines = [_line(listed) async for listed in _listed(store)]
    for line in _aligned([HEAD, *lines]) if lines else ():
        sys.stdout.write(line + "\n")
    counts = await store.deliveries.counts()
    sys.stdout.write(f"{_counted(counts.waiting)} waiting, {_counted(counts.failed)} gave up.\n")


def _counted(number: int) -> str:
    return f"over {MOST_COUNTED:,}" if number > MOST_COUNTED else str(number)


def _line(listed: Listed) -> tuple[str, ...]:
    return (
        str(listed.id),
        WORDS[listed.state],
        listed.purpose,
        str(listed.attempts),
        _ago(listed.created_at),
        "" if listed.next_try_at is None else f"{listed.next_try_at:%Y-%m-%d %H:%M:%S}",
        listed.tenant_id,
        listed.conversation_id,
        (listed.outcome or "")[:120],
    )


def _ago(time: datetime) -> str:
    minutes = int((datetime.now(UTC) - time).total_seconds() // 60)
    return f"{minutes} min" if minutes < HOURS_FROM else f"{minutes // 60} h"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
