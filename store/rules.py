"""Which alert rules in Sentry post into which conversation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, delete, select

from store.alert_facts import RuleSeen
from store.alert_tables import channels
from store.rows import clean
from store.rule_tables import alert_rules
from store.tables import connections, installations
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

_OF_PLACE = channels.join(installations).join(connections)
THEIRS = (
    select(channels.c.id)
    .select_from(_OF_PLACE)
    .where(
        channels.c.id == bindparam("channel"),
        connections.c.organization_id == bindparam("organization"),
        installations.c.removed_at.is_(None),
    )
)
HERE = (
    select(alert_rules.c.title, alert_rules.c.url, alert_rules.c.seen_at)
    .select_from(
        alert_rules.join(channels, channels.c.id == alert_rules.c.channel_id).join(
            connections,
            (connections.c.installation_id == channels.c.installation_id)
            & (connections.c.organization_id == alert_rules.c.organization_id),
        )
    )
    .where(channels.c.installation_id == bindparam("installation"))
    .where(channels.c.conversation_id == bindparam("conversation"))
    .order_by(alert_rules.c.seen_at.desc(), alert_rules.c.id)
)
FORGET = delete(alert_rules).where(alert_rules.c.seen_at < bindparam("before", type_=UtcTime))


def _see(insert_into: Callable[..., Any]) -> Insert:
    adding = insert_into(alert_rules)
    statement: Insert = adding.on_conflict_do_update(
        index_elements=[alert_rules.c.organization_id, alert_rules.c.rule, alert_rules.c.channel_id],
        set_={name: adding.excluded[name] for name in ("title", "url", "seen_at")},
    )
    return statement


SEE = Upsert(_see)


def see(transaction: Transaction, seen: RuleSeen, now: datetime) -> bool:
    """Note that a rule names a conversation; False if that is none of the organization's places."""
    key = {"channel": seen.channel_id, "organization": seen.organization_id}
    if transaction.one(THEIRS, key) is None:
        return False
    values = {
        "organization_id": seen.organization_id,
        "rule": clean(seen.rule),
        "channel_id": seen.channel_id,
        "title": clean(seen.title),
        "url": clean(seen.url),
        "seen_at": now,
    }
    transaction.execute(SEE[transaction.dialect], values).close()
    return True


def here(transaction: Transaction, installation_id: int, conversation_id: str) -> list[tuple[str, str, datetime]]:
    """Return title, address and last time of each rule that posts into a conversation, the latest first."""
    rows = transaction.execute(HERE, {"installation": installation_id, "conversation": conversation_id})
    return [(row.title, row.url, row.seen_at) for row in rows]


def prune(transaction: Transaction, before: datetime) -> None:
    """Forget rules that have not fired since then."""
    transaction.execute(FORGET, {"before": before}).close()
