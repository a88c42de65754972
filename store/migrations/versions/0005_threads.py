"""Replies that stand in threads for comments, and who was mentioned for what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment_replies",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("activity_id", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_comment_replies"),
    )
    op.create_index("ix_comment_replies_created_at", "comment_replies", ["created_at"])
    op.create_table(
        "mentions",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("whom", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_mentions"),
    )
    op.create_index("ix_mentions_told_at", "mentions", ["told_at"])


def downgrade() -> None:
    for table in ("mentions", "comment_replies"):
        op.drop_table(table)
