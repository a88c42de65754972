"""What PostgreSQL did for each statement: its own auto_explain tells, for the statements as the store sends them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.errors import Diagnostic
from sqlalchemy import event

from store.database import database_of
from store.link import Link

TELL = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",
    "client_min_messages": "notice",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One execution. indexes: those that were used; scans: tables that were read from end to end."""

    statement: str
    milliseconds: float
    indexes: frozenset[str]
    scans: frozenset[str]


class Told:
    """Collects the plans of all that runs on its link."""

    def __init__(self, url: str) -> None:
        options = "%20".join(f"-c%20{name}={value}" for name, value in TELL.items())
        database = database_of(f"{url}?options={options}", 2, 60)
        event.listen(database.writers, "connect", lambda connection, _: connection.add_notice_handler(self._note))
        self.link = Link(database, database.writers)
        self._plans: list[Plan] = []

    def take(self) -> list[Plan]:
        """Return what was told since the last time."""
        plans, self._plans = self._plans, []
        return plans

    def _note(self, notice: Diagnostic) -> None:
        head, found, plan = (notice.message_primary or "").partition("plan:\n")
        if found:
            self._plans.append(_plan(json.loads(plan), float(head.split()[1])))


def _plan(told: dict[str, Any], milliseconds: float) -> Plan:
    nodes = list(_nodes(told["Plan"]))
    indexes = frozenset(node["Index Name"] for node in nodes if "Index Name" in node)
    arbiters = frozenset(name for node in nodes for name in node.get("Conflict Arbiter Indexes", ()))
    scans = frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan")
    return Plan(" ".join(told["Query Text"].split()), milliseconds, indexes | arbiters, scans)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
