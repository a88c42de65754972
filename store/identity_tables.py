"""The tables of people: who somebody in Teams is in Sentry, and sign-ins on their way."""

from sqlalchemy import Column, Identity, Index, Integer, Table, Text, UniqueConstraint

from store.tables import BigId, metadata
from store.times import UtcTime

# One row for a person (tenant and Entra object id) in one Sentry. `version` counts the grants: the refresh token works
# once, so whoever refreshes has to be the only one, and holds the row until `refreshing_until`.
identities = Table(
    "identities",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("sentry_url", Text, nullable=False),
    Column("sentry_user_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("access_encrypted", Text, nullable=False),
    Column("refresh_encrypted", Text, nullable=False),
    Column("expires_at", UtcTime),
    Column("version", Integer, nullable=False),
    Column("refreshing_until", UtcTime),
    Column("linked_at", UtcTime, nullable=False),
    UniqueConstraint("tenant_id", "object_id", "sentry_url"),
)

# One row for a sign-in that somebody was offered; gone once it is used. `key` is the hash of what the link carries.
# `waiting` is what to do after it, as JSON; `secrets_encrypted` what must come back from Sentry to the same browser.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("key", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("person_name", Text, nullable=False),
    Column("sentry_url", Text, nullable=False),
    Column("waiting", Text, nullable=False),
    Column("secrets_encrypted", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index("ix_sign_ins_expires_at", "expires_at"),
)
