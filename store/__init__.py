"""What is remembered, in SQLite or PostgreSQL: installations, Sentry organizations, connections, deliveries, audit."""

from store.audit import AuditEntry
from store.connections import OrganizationAccess
from store.delivery_facts import WELCOME, Claimed, Counts, Listed, Method, NewDelivery, Note, State
from store.delivery_store import DeliveryStore
from store.errors import SecretUnreadable, StoreError, StoreRejected, StoreUnavailable
from store.store import Store

__all__ = [
    "WELCOME",
    "AuditEntry",
    "Claimed",
    "Counts",
    "DeliveryStore",
    "Listed",
    "Method",
    "NewDelivery",
    "Note",
    "OrganizationAccess",
    "SecretUnreadable",
    "State",
    "Store",
    "StoreError",
    "StoreRejected",
    "StoreUnavailable",
]
