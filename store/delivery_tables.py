"""The tables of the deliveries; their times are milliseconds since 1970 by the database's own clock.

Instances need not agree on the time that way, and everything that is compared was measured by one clock.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from store.partial import partial_index
from store.tables import BigId, metadata


class database_now(FunctionElement[int]):  # noqa: N801 - an SQL function is named like one
    """The time of the statement by the database's clock, in milliseconds since 1970."""

    type = BigInteger()
    inherit_cache = True
    name = "database_now"


@compiles(database_now, "postgresql")
def _postgresql_now(_element: object, _compiler: object, **_: Any) -> str:
    # Not clock_timestamp(): that is volatile, and no index helps to compare with it.
    return "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)"


@compiles(database_now, "sqlite")
def _sqlite_now(_element: object, _compiler: object, **_: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS integer)"


# One row for everything that is to be posted, kept for some days after it was. `id` is the order in a conversation.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("lane_id", BigInteger, nullable=False),
    Column("installation_id", BigInteger),
    Column("purpose", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("service_url", Text, nullable=False),
    Column("tenant_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("activity_id", Text),
    Column("activity", Text, nullable=False),
    Column("state", SmallInteger, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("outcome", Text),
    Column("deadline", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    sqlite_autoincrement=True,
)
partial_index("deliveries_waiting", deliveries.c.lane_id, deliveries.c.id, where="state = 0")
partial_index(
    "deliveries_of_installation", deliveries.c.installation_id, where="state = 0 AND installation_id IS NOT NULL"
)
partial_index("deliveries_since", deliveries.c.created_at, where="state = 0")
partial_index("deliveries_failed", deliveries.c.id, where="state = 2")
partial_index("deliveries_finished", deliveries.c.finished_at, where="state <> 0")

# One row a conversation. `waiting` counts its deliveries that wait, `due_at` is timer, queue and lease in one: when to
# try next, or when the claim lapses; NULL when there is nothing to do. `slot_at` is the time that the tenant's calendar
# gave to the next post, the two `…_tat` are the token buckets of the conversation (services/pacing.py).
lanes = Table(
    "lanes",
    metadata,
    Column("lane_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant_id", Text, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("due_at", BigInteger),
    Column("claim", BigInteger),
    Column("claimed_before", BigInteger),
    Column("slot_at", BigInteger, nullable=False, server_default=text("0")),
    Column("short_tat", BigInteger, nullable=False, server_default=text("0")),
    Column("long_tat", BigInteger, nullable=False, server_default=text("0")),
)
partial_index("lanes_due", lanes.c.due_at, where="due_at IS NOT NULL")
partial_index("lanes_idle", lanes.c.long_tat, where="waiting = 0")

# One row a tenant: the next time at which something may be posted there.
calendars = Table(
    "calendars",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("next_at", BigInteger, nullable=False),
)

# The processes that live, each with when it last said so.
processes = Table(
    "processes",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_at", BigInteger, nullable=False),
)

# What Teams sent already. A turn that runs, or died, has no `done`.
seen_activities = Table(
    "seen_activities",
    metadata,
    Column("key", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False, server_default=false()),
    Index("ix_seen_activities_seen_at", "seen_at"),
)
