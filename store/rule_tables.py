"""The table of alert rules in Sentry that name a place, as their webhooks tell."""

from sqlalchemy import Column, ForeignKey, Identity, Table, Text, UniqueConstraint

from store.alert_tables import channels
from store.tables import BigId, metadata, organizations
from store.times import UtcTime

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("organization_id", BigId, ForeignKey(organizations.c.id, ondelete="CASCADE"), nullable=False),
    Column("rule", Text, nullable=False),
    Column("channel_id", BigId, ForeignKey(channels.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("seen_at", UtcTime, nullable=False, index=True),
    UniqueConstraint("organization_id", "rule", "channel_id"),
)
