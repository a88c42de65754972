"""The tables of the alerts: what Sentry sent, who listens, and the cards that stand in Teams."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from store.partial import partial_index
from store.tables import BigId, connections, installations, metadata
from store.times import UtcTime

# What Sentry sent and we have answered. Times are milliseconds by the database's clock, as those of the deliveries:
# `due_at` is timer, queue and lease in one. `sure`: the secret that signed it is known for one organization only.
# A finished one keeps its key for some days, so that it does nothing a second time.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("organization_id", BigInteger, nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", SmallInteger, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("outcome", Text),
    sqlite_autoincrement=True,
)
partial_index("webhooks_due", webhooks.c.due_at, where="state = 0")
partial_index("webhooks_finished", webhooks.c.finished_at, where="state <> 0")

# The conversations of a place in which somebody may want alerts: that of the welcome, those where the bot was asked.
channels = Table(
    "channels",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("installation_id", BigId, ForeignKey(installations.c.id, ondelete="CASCADE"), nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("muted_until", UtcTime),
    UniqueConstraint("installation_id", "conversation_id"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("connection_id", BigId, ForeignKey(connections.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("conversation_id", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("connection_id", "conversation_id", "wanted"),
)

# One row a card. `issue_id` is Sentry's; that of a metric alert begins with "metric:". `facts` is what it shows,
# `revision` counts their changes; `stale`: what stands in Teams is older than that. `events`: how often it happened
# again since the card was posted.
issue_cards = Table(
    "issue_cards",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("connection_id", BigId, ForeignKey(connections.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("organization_id", BigInteger, nullable=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("issue_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("delivery_key", Text, nullable=False, unique=True),
    Column("activity_id", Text),
    Column("opened_at", UtcTime, nullable=False),
    Column("last_event", Text, nullable=False),
    Column("last_count_at", UtcTime, nullable=False),
    Column("events", Integer, nullable=False, server_default=text("0")),
    Column("facts", Text, nullable=False),
    Column("notice", Text),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("painted", Text, nullable=False, server_default=text("''")),
    Column("stale", Boolean, nullable=False, server_default=false()),
    Column("paint_after", UtcTime, nullable=False),
    Index("ix_issue_cards_issue", "organization_id", "issue_id"),
)
partial_index("ix_issue_cards_stale", issue_cards.c.paint_after, where="stale")
