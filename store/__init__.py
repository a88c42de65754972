"""What is remembered: installations, Sentry organizations, connections and the audit trail, in SQLite or PostgreSQL."""

from store.audit import AuditEntry
from store.connections import OrganizationAccess
from store.errors import SecretUnreadable, StoreError, StoreRejected, StoreUnavailable
from store.store import Store

__all__ = [
    "AuditEntry",
    "OrganizationAccess",
    "SecretUnreadable",
    "Store",
    "StoreError",
    "StoreRejected",
    "StoreUnavailable",
]
