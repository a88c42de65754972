"""The tables, as SQLAlchemy Core knows them. The migrations are the other half: a change here needs one there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)

from store.partial import partial_index
from store.times import UtcTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")

# One row per place, for ever. A removed place keeps its key, its kind and `removed_at`; everything else is emptied and
# `installed_at` becomes the time of the removal, so that one comparison refuses every add that is not newer.
installations = Table(
    "installations",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("place_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("service_url", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("installed_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
    Column("setup_nonce", Text),
    Column("used_nonce", Text),
    Column("welcome_claim", Text),
    Column("welcome_claimed_at", UtcTime),
    Column("welcome_activity_id", Text),
    Column("welcomed_at", UtcTime),
    Column("welcome_delivery_id", BigInteger),
    Column("unreachable_at", UtcTime),
    Column("unreachable_reason", Text),
    UniqueConstraint("tenant_id", "place_id"),
)
# The welcome is due, and no delivery has it: what the sweep looks for.
welcome_due = and_(
    installations.c.welcomed_at.is_(None),
    installations.c.removed_at.is_(None),
    installations.c.welcome_delivery_id.is_(None),
    installations.c.unreachable_at.is_(None),
)
partial_index("ix_installations_unwelcomed", installations.c.id, where=welcome_due)

organizations = Table(
    "organizations",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("sentry_url", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_encrypted", Text, nullable=False),
    Column("client_secret_encrypted", Text),
    Column("integration_uuid", Text, index=True),
    Column("broken_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("tenant_id", "sentry_url", "slug"),
)

connections = Table(
    "connections",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("installation_id", BigId, ForeignKey(installations.c.id, ondelete="CASCADE"), nullable=False),
    Column("organization_id", BigId, ForeignKey(organizations.c.id), nullable=False, index=True),
    Column("connected_by", Text, nullable=False),
    Column("connected_at", UtcTime, nullable=False),
    Column("anybody_may_act", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("installation_id", "organization_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("tenant_id", Text, nullable=False),
    Column("place_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_audit_place", "tenant_id", "place_id"),
)
