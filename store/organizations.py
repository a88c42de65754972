"""Sentry organizations: what opens them, and what signs their webhooks."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from store.alert_facts import Signer, StoredOrganization
from store.secrets import Cipher
from store.tables import organizations
from store.times import UtcTime
from store.transaction import Transaction

columns = organizations.c
FIND = select(organizations).where(columns.id == bindparam("organization"))
SIGNERS = (
    select(columns.id, columns.sentry_url, columns.slug, columns.integration_uuid, columns.client_secret_encrypted)
    .where(columns.client_secret_encrypted.is_not(None))
    .order_by(columns.updated_at.desc())
)
ALL = select(columns.id)
HAS_SECRET = select(columns.id).where(
    columns.tenant_id == bindparam("tenant"),
    columns.sentry_url == bindparam("sentry_url"),
    columns.slug == bindparam("slug"),
    columns.client_secret_encrypted.is_not(None),
)
BREAK = (
    update(organizations)
    .where(columns.id == bindparam("organization"), columns.broken_at.is_(None))
    .values(broken_at=bindparam("now", type_=UtcTime))
    .returning(columns.id)
)


def find(transaction: Transaction, cipher: Cipher, organization_id: int) -> StoredOrganization | None:
    """Return the organization; None if no place is connected to it any more."""
    row = transaction.one(FIND, {"organization": organization_id})
    if row is None:
        return None
    return StoredOrganization(
        id=row.id,
        tenant_id=row.tenant_id,
        sentry_url=row.sentry_url,
        slug=row.slug,
        name=row.name,
        token=cipher.decrypt(row.token_encrypted),
        integration_uuid=row.integration_uuid,
        updated_at=row.updated_at,
        broken_at=row.broken_at,
    )


def signers(transaction: Transaction, cipher: Cipher) -> list[Signer]:
    """Return the secrets of all organizations that have one, those that were set up last first."""
    return [
        Signer(row.id, row.sentry_url, row.slug, row.integration_uuid, cipher.decrypt(row.client_secret_encrypted))
        for row in transaction.execute(SIGNERS, {})
    ]


def ids(transaction: Transaction) -> list[int]:
    """Return the ids of all organizations."""
    return list(transaction.execute(ALL, {}).scalars())


def has_secret(transaction: Transaction, tenant_id: str, sentry_url: str, slug: str) -> bool:
    """Tell whether the secret of this organization is known."""
    values = {"tenant": tenant_id, "sentry_url": sentry_url, "slug": slug}
    return transaction.one(HAS_SECRET, values) is not None


def mark_broken(transaction: Transaction, organization_id: int, now: datetime) -> bool:
    """Note that Sentry refuses the token; False if that was known."""
    return transaction.one(BREAK, {"organization": organization_id, "now": now}) is not None
