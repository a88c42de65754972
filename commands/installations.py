"""`python bot.py installations`: where the bot is, what it knows of a place, and how to make it forget one."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from commands import Subparsers
from commands.opening import with_store
from model import Connection
from store import Kept, Store

PAGE = 500
HEAD = ("id", "kind", "tenant", "since", "connected to", "reachable", "name")
WIDTHS = (6, 9, 36, 10, 24, 9, 40)
OPERATOR = "operator"


def add_parser(subparsers: Subparsers) -> None:
    """Add the command with its actions; without one it lists."""
    parser = subparsers.add_parser("installations", help="list, show, remove or export where the bot is")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    actions = parser.add_subparsers(dest="action", metavar="list | show | remove | export")
    actions.add_parser("list", help="where the bot is (default)")
    for name, told in (("show", "everything that is kept of one place"), ("remove", "forget a place, with its token")):
        action = actions.add_parser(name, help=told)
        action.add_argument("id", type=int, help="as the list shows it")
    actions.choices["remove"].add_argument("--yes", action="store_true", help="really")
    actions.add_parser("export", help="everything that is kept of all places, one JSON object a line; no secrets")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; 1 when there is no such place, or the database cannot be used; 2 for wrong settings."""
    return with_store(_action(args))


def _action(args: argparse.Namespace) -> Callable[[Store], Awaitable[int]]:
    if args.action == "show":
        return lambda store: _show(store, args.id, as_json=args.json)
    if args.action == "remove":
        return lambda store: _remove(store, args.id, really=args.yes)
    if args.action == "export":
        return _export
    return lambda store: _list(store, as_json=args.json)


async def _all(store: Store) -> AsyncIterator[Kept]:
    after = 0
    while page := await store.operator.installations(after, PAGE):
        for kept in page:
            yield kept
        after = page[-1].installation.id


async def _list(store: Store, *, as_json: bool) -> int:
    listed = 0
    async for kept in _all(store):
        if not listed and not as_json:
            _write(_row(HEAD))
        listed += 1
        _write(json.dumps(facts(kept)) if as_json else _row(_cells(kept)))
    if not listed and not as_json:
        _write("The bot is nowhere yet: add the app to a team or a chat.")
    return 0


async def _show(store: Store, installation_id: int, *, as_json: bool) -> int:
    kept = await store.operator.installation(installation_id)
    if kept is None:
        return _unknown(installation_id)
    everything = await _everything(store, kept)
    _write(json.dumps(everything) if as_json else "\n".join(_lines(everything)))
    return 0


async def _export(store: Store) -> int:
    async for kept in _all(store):
        _write(json.dumps(await _everything(store, kept)))
    return 0


async def _remove(store: Store, installation_id: int, *, really: bool) -> int:
    kept = await store.operator.installation(installation_id)
    if kept is None:
        return _unknown(installation_id)
    if not really:
        sys.stderr.write(f"{_row(_cells(kept))}\nNothing was changed. Add --yes to forget this place and its token.\n")
        return 2
    await store.remove(kept.installation.place, datetime.now(UTC), OPERATOR)
    _write("Forgotten. The app is still there in Teams: remove it there too. Adding it again starts anew.")
    return 0


def _unknown(installation_id: int) -> int:
    sys.stderr.write(f"There is no installation {installation_id}.\n")
    return 1


def facts(kept: Kept) -> dict[str, Any]:
    """Return what is kept of an installation as plain JSON, without what opens anything (links, tokens)."""
    installation = kept.installation
    return {
        "id": installation.id,
        "kind": installation.place.kind.value,
        "tenant_id": installation.place.tenant_id,
        "place_id": installation.place.place_id,
        "name": installation.name,
        "service_url": installation.conversation.service_url,
        "conversation_id": installation.conversation.conversation_id,
        "installed_by": installation.user_id,
        "installed_at": _time(installation.installed_at),
        "welcomed_at": _time(kept.welcomed_at),
        "unreachable_at": _time(kept.unreachable_at),
        "unreachable_reason": kept.unreachable_reason,
        "connections": [_connection(connection) for connection in installation.connections],
    }


def _connection(connection: Connection) -> dict[str, Any]:
    return {
        "sentry_url": connection.sentry_url,
        "organization": connection.organization_slug,
        "organization_name": connection.organization_name,
        "connected_by": connection.connected_by,
        "connected_at": _time(connection.connected_at),
        "broken_at": _time(connection.broken_at),
    }


async def _everything(store: Store, kept: Kept) -> dict[str, Any]:
    entries = await store.audit_entries(kept.installation.place)
    audit = [{"at": _time(each.at), "action": each.action, "actor": each.actor, **each.detail} for each in entries]
    return {**facts(kept), "audit": audit}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _cells(kept: Kept) -> tuple[str, ...]:
    installation = kept.installation
    return (
        str(installation.id),
        installation.place.kind.value,
        installation.place.tenant_id,
        f"{installation.installed_at:%Y-%m-%d}",
        ", ".join(connection.organization_slug for connection in installation.connections) or "-",
        "no" if kept.unreachable_at else "yes",
        installation.name,
    )


def _row(cells: tuple[str, ...]) -> str:
    return "  ".join(_plain(cell)[:width].ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _plain(text: str) -> str:
    # Names come from people: no control sequence of theirs reaches the operator's terminal.
    return "".join(character if character.isprintable() else " " for character in text)


def _lines(everything: dict[str, Any]) -> list[str]:
    audit, connections = everything.pop("audit"), everything.pop("connections")
    told = [line for facts in (everything, *connections) for line in _told(facts)]
    return [*told, "audit:", *(f"  {_plain(' '.join(map(str, entry.values())))}" for entry in audit)]


def _told(facts: dict[str, Any]) -> list[str]:
    return [f"{name.replace('_', ' ')}: {_plain(str(value))}" for name, value in facts.items() if value]


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
