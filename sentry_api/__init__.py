"""Sentry's REST API: the calls that the bot makes and the shapes that come back."""

from sentry_api.client import SentryApi
from sentry_api.errors import (
    MissingPermission,
    SentryAnswer,
    SentryError,
    SentryNotListed,
    SentrySlow,
    SentryUnreachable,
    UnknownOrganization,
    WrongToken,
)
from sentry_api.organizations import Organization, is_slug

__all__ = [
    "MissingPermission",
    "Organization",
    "SentryAnswer",
    "SentryApi",
    "SentryError",
    "SentryNotListed",
    "SentrySlow",
    "SentryUnreachable",
    "UnknownOrganization",
    "WrongToken",
    "is_slug",
]
