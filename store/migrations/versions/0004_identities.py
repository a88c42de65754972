"""Who somebody in Teams is in Sentry, and sign-ins on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("connections", sa.Column("anybody_may_act", sa.Boolean, nullable=False, server_default=sa.false()))
    _create_identities()
    _create_sign_ins()


def _create_identities() -> None:
    op.create_table(
        "identities",
        sa.Column("id", BIG_ID, sa.Identity(), primary_key=True),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("sentry_url", sa.Text, nullable=False),
        sa.Column("sentry_user_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("access_encrypted", sa.Text, nullable=False),
        sa.Column("refresh_encrypted", sa.Text, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("refreshing_until", TIME),
        sa.Column("linked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint(
            "tenant_id", "object_id", "sentry_url", name="uq_identities_tenant_id_object_id_sentry_url"
        ),
    )


def _create_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("sentry_url", sa.Text, nullable=False),
        sa.Column("waiting", sa.Text, nullable=False),
        sa.Column("secrets_encrypted", sa.Text, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])


def downgrade() -> None:
    for table in ("sign_ins", "identities"):
        op.drop_table(table)
    with op.batch_alter_table("connections") as connections:
        connections.drop_column("anybody_may_act")
