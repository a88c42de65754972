"""Which alert rules in Sentry name which place."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", BIG_ID, sa.Identity(), primary_key=True),
        sa.Column("organization_id", BIG_ID, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rules"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_alert_rules_organization_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_alert_rules_channel_id", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "organization_id", "rule", "channel_id", name="uq_alert_rules_organization_id_rule_channel_id"
        ),
    )
    op.create_index("ix_alert_rules_channel_id", "alert_rules", ["channel_id"])
    op.create_index("ix_alert_rules_seen_at", "alert_rules", ["seen_at"])


def downgrade() -> None:
    op.drop_table("alert_rules")
