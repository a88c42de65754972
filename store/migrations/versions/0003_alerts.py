"""What Sentry sends, who listens, and the cards that stand in Teams."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)
WEBHOOK_TUNING = "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02"
ORGANIZATION_COLUMNS = ("client_secret_encrypted", "integration_uuid", "broken_at")


def upgrade() -> None:
    _extend_organizations()
    _create_webhooks()
    _create_channels()
    _create_subscriptions()
    _create_issue_cards()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("webhooks", "issue_cards"):
            op.execute(f"ALTER TABLE {table} SET ({WEBHOOK_TUNING})")


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG_ID, sa.Identity(), primary_key=True)


def _index(name: str, table: str, *columns: str, where: str) -> None:
    op.create_index(name, table, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _extend_organizations() -> None:
    op.add_column("organizations", sa.Column("client_secret_encrypted", sa.Text))
    op.add_column("organizations", sa.Column("integration_uuid", sa.Text))
    op.add_column("organizations", sa.Column("broken_at", TIME))
    op.create_index("ix_organizations_integration_uuid", "organizations", ["integration_uuid"])


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        _id(),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("organization_id", sa.BigInteger, nullable=False),
        sa.Column("sure", sa.Boolean, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("outcome", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint("key", name="uq_webhooks_key"),
        sqlite_autoincrement=True,
    )
    _index("webhooks_due", "webhooks", "due_at", where="state = 0")
    _index("webhooks_finished", "webhooks", "finished_at", where="state <> 0")


def _create_channels() -> None:
    op.create_table(
        "channels",
        _id(),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("muted_until", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name="fk_channels_installation_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("installation_id", "conversation_id", name="uq_channels_installation_id_conversation_id"),
    )


def _of_connection(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_connection_id"
    return sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=name, ondelete="CASCADE")


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        _id(),
        sa.Column("connection_id", BIG_ID, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("wanted", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        _of_connection("subscriptions"),
        sa.UniqueConstraint(
            "connection_id", "conversation_id", "wanted", name="uq_subscriptions_connection_id_conversation_id_wanted"
        ),
    )
    op.create_index("ix_subscriptions_connection_id", "subscriptions", ["connection_id"])


def _create_issue_cards() -> None:
    op.create_table(
        "issue_cards",
        _id(),
        sa.Column("connection_id", BIG_ID, nullable=False),
        sa.Column("organization_id", sa.BigInteger, nullable=False),
        sa.Column("installation_id", sa.BigInteger, nullable=False),
        sa.Column("issue_id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("delivery_key", sa.Text, nullable=False),
        sa.Column("activity_id", sa.Text),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("last_event", sa.Text, nullable=False),
        sa.Column("last_count_at", TIME, nullable=False),
        sa.Column("events", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("notice", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("painted", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("stale", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("paint_after", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issue_cards"),
        _of_connection("issue_cards"),
        sa.UniqueConstraint("delivery_key", name="uq_issue_cards_delivery_key"),
    )
    op.create_index("ix_issue_cards_connection_id", "issue_cards", ["connection_id"])
    op.create_index("ix_issue_cards_issue", "issue_cards", ["organization_id", "issue_id"])
    _index("ix_issue_cards_stale", "issue_cards", "paint_after", where="stale")


def downgrade() -> None:
    for table in ("issue_cards", "subscriptions", "channels", "webhooks"):
        op.drop_table(table)
    op.drop_index("ix_organizations_integration_uuid", "organizations")
    with op.batch_alter_table("organizations") as organizations:
        for column in ORGANIZATION_COLUMNS:
            organizations.drop_column(column)
