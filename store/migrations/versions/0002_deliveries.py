"""Deliveries with their lanes and calendars, the memory of activities, and places that cannot be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
UNWELCOMED = "ix_installations_unwelcomed"
WAS_DUE = "welcomed_at IS NULL AND removed_at IS NULL"
IS_DUE = f"{WAS_DUE} AND welcome_delivery_id IS NULL AND unreachable_at IS NULL"
# Rows are written several times each: room on their page, and vacuums that follow.
OFTEN_WRITTEN = "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02"


def upgrade() -> None:
    _extend_installations()
    _create_deliveries()
    _create_lanes()
    _create_calendars()
    _create_seen_activities()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("deliveries", "lanes"):
            op.execute(f"ALTER TABLE {table} SET ({OFTEN_WRITTEN})")


def _extend_installations() -> None:
    op.add_column("installations", sa.Column("unreachable_at", sa.DateTime(timezone=True)))
    op.add_column("installations", sa.Column("unreachable_reason", sa.Text))
    op.add_column("installations", sa.Column("welcome_delivery_id", sa.BigInteger))
    op.drop_index(UNWELCOMED, "installations")
    _index(UNWELCOMED, "installations", "id", where=IS_DUE)


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, list(columns), sqlite_where=condition, postgresql_where=condition)


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", BIG_ID, sa.Identity(), primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("lane_id", sa.BigInteger, nullable=False),
        sa.Column("installation_id", sa.BigInteger),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("service_url", sa.Text, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("activity_id", sa.Text),
        sa.Column("activity", sa.Text, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("outcome", sa.Text),
        sa.Column("deadline", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
        sqlite_autoincrement=True,
    )
    _index("deliveries_waiting", "deliveries", "lane_id", "id", where="state = 0")
    mine = "state = 0 AND installation_id IS NOT NULL"
    _index("deliveries_of_installation", "deliveries", "installation_id", where=mine)
    _index("deliveries_failed", "deliveries", "id", where="state = 2")
    _index("deliveries_finished", "deliveries", "finished_at", where="state <> 0")


def _create_lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("claim", sa.BigInteger),
        sa.Column("claimed_before", sa.BigInteger),
        sa.Column("slot_at", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("short_tat", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("long_tat", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("lane_id", name="pk_lanes"),
    )
    _index("lanes_due", "lanes", "due_at", where="due_at IS NOT NULL")
    _index("lanes_idle", "lanes", "long_tat", where="waiting = 0")


def _create_calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_calendars"),
    )


def _create_seen_activities() -> None:
    op.create_table(
        "seen_activities",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("key", name="pk_seen_activities"),
    )
    _index("ix_seen_activities_seen_at", "seen_activities", "seen_at")


def downgrade() -> None:
    for table in ("seen_activities", "calendars", "lanes", "deliveries"):
        op.drop_table(table)
    op.drop_index(UNWELCOMED, "installations")
    _index(UNWELCOMED, "installations", "id", where=WAS_DUE)
    with op.batch_alter_table("installations") as installations:
        for column in ("unreachable_at", "unreachable_reason", "welcome_delivery_id"):
            installations.drop_column(column)
