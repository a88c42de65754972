"""Installations, Sentry organizations, the connections between them, and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)
UNWELCOMED = sa.text("welcomed_at IS NULL AND removed_at IS NULL")


def upgrade() -> None:
    _create_installations()
    _create_organizations()
    _create_connections()
    _create_audit()


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG_ID, sa.Identity(), primary_key=True)


def _create_installations() -> None:
    op.create_table(
        "installations",
        _id(),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("place_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("service_url", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("installed_at", TIME, nullable=False),
        sa.Column("removed_at", TIME),
        sa.Column("setup_nonce", sa.Text),
        sa.Column("used_nonce", sa.Text),
        sa.Column("welcome_claim", sa.Text),
        sa.Column("welcome_claimed_at", TIME),
        sa.Column("welcome_activity_id", sa.Text),
        sa.Column("welcomed_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_installations"),
        sa.UniqueConstraint("tenant_id", "place_id", name="uq_installations_tenant_id_place_id"),
    )
    op.create_index(
        "ix_installations_unwelcomed",
        "installations",
        ["id"],
        sqlite_where=UNWELCOMED,
        postgresql_where=UNWELCOMED,
    )


def _create_organizations() -> None:
    op.create_table(
        "organizations",
        _id(),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("sentry_url", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_encrypted", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
        sa.UniqueConstraint(
            "tenant_id", "sentry_url", "slug", name="uq_organizations_tenant_id_sentry_url_slug"
        ),
    )


def _create_connections() -> None:
    op.create_table(
        "connections",
        _id(),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("organization_id", BIG_ID, nullable=False),
        sa.Column("connected_by", sa.Text, nullable=False),
        sa.Column("connected_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name="fk_connections_installation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_connections_organization_id"),
        sa.UniqueConstraint(
            "installation_id", "organization_id", name="uq_connections_installation_id_organization_id"
        ),
    )
    op.create_index("ix_connections_organization_id", "connections", ["organization_id"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        _id(),
        sa.Column("at", TIME, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("place_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_place", "audit", ["tenant_id", "place_id"])


def downgrade() -> None:
    for table in ("audit", "connections", "organizations", "installations"):
        op.drop_table(table)
