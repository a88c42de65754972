"""What is remembered, in SQLite or PostgreSQL: installations, Sentry organizations, connections, deliveries, audit."""

from store.alert_facts import (
    ISSUE_CARD,
    AlertWork,
    Channel,
    ClaimedWebhook,
    Listener,
    NewSubscription,
    NewWebhook,
    Placed,
    Placement,
    RuleSeen,
    Signer,
    StoredCard,
    StoredOrganization,
    Subscription,
)
from store.alert_store import AlertStore
from store.audit import AuditEntry
from store.connections import OrganizationAccess
from store.delivery_facts import MOST_COUNTED, WELCOME, Claimed, Counts, Listed, Method, NewDelivery, Note, State
from store.delivery_store import DeliveryStore
from store.errors import SecretUnreadable, StoreError, StoreRejected, StoreUnavailable
from store.identity_facts import Account, Identity, NewIdentity, PersonKey, SignIn, Tokens
from store.identity_store import IdentityStore
from store.mentions import Mention
from store.operator_store import Kept, Rotated
from store.replies import COMMENT, Reply
from store.store import Store

__all__ = [
    "COMMENT",
    "ISSUE_CARD",
    "MOST_COUNTED",
    "WELCOME",
    "Account",
    "AlertStore",
    "AlertWork",
    "AuditEntry",
    "Channel",
    "Claimed",
    "ClaimedWebhook",
    "Counts",
    "DeliveryStore",
    "Identity",
    "IdentityStore",
    "Kept",
    "Listed",
    "Listener",
    "Mention",
    "Method",
    "NewDelivery",
    "NewIdentity",
    "NewSubscription",
    "NewWebhook",
    "Note",
    "OrganizationAccess",
    "PersonKey",
    "Placed",
    "Placement",
    "Reply",
    "Rotated",
    "RuleSeen",
    "SecretUnreadable",
    "SignIn",
    "Signer",
    "State",
    "Store",
    "StoreError",
    "StoreRejected",
    "StoreUnavailable",
    "StoredCard",
    "StoredOrganization",
    "Subscription",
    "Tokens",
]
