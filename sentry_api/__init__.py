"""Sentry's REST API and webhooks: the calls that the bot makes, and the shapes that come back and come in.

SentryApi holds the calls (`issues`, `members`, `projects`, `integrations`, `sign_in`); webhooks.parse reads what comes
in; changes and archiving hold what may be done to an issue.
"""

from sentry_api.access import Access
from sentry_api.addresses import own_address, same_site
from sentry_api.caller import Clocks
from sentry_api.client import SentryApi
from sentry_api.comments import Comment
from sentry_api.errors import (
    MissingPermission,
    NotFound,
    SentryAnswer,
    SentryBusy,
    SentryError,
    SentryNotListed,
    SentryRejected,
    SentryResting,
    SentrySlow,
    SentryUnreachable,
    SignInRefused,
    UnknownOrganization,
    WrongToken,
)
from sentry_api.event import Event
from sentry_api.frames import Frame
from sentry_api.integrations import Integration, IntegrationInstallation
from sentry_api.issue import Assignee, Issue, IssueStatus, Priority
from sentry_api.organizations import Organization, is_slug
from sentry_api.ownership import Ownership, Verdict, find_ours
from sentry_api.people import Member, SentryUser, Team
from sentry_api.projects import Project, Release
from sentry_api.sign_in import Grant, OAuthClient, authorization_url, new_verifier
from sentry_api.status_details import StatusDetails

__all__ = [
    "Access",
    "Assignee",
    "Clocks",
    "Comment",
    "Event",
    "Frame",
    "Grant",
    "Integration",
    "IntegrationInstallation",
    "Issue",
    "IssueStatus",
    "Member",
    "MissingPermission",
    "NotFound",
    "OAuthClient",
    "Organization",
    "Ownership",
    "Priority",
    "Project",
    "Release",
    "SentryAnswer",
    "SentryApi",
    "SentryBusy",
    "SentryError",
    "SentryNotListed",
    "SentryRejected",
    "SentryResting",
    "SentrySlow",
    "SentryUnreachable",
    "SentryUser",
    "SignInRefused",
    "StatusDetails",
    "Team",
    "UnknownOrganization",
    "Verdict",
    "WrongToken",
    "authorization_url",
    "find_ours",
    "is_slug",
    "new_verifier",
    "own_address",
    "same_site",
]
