"""From an issue as Sentry tells it to what a card shows."""

from issue_model import IssueFacts
from sentry_api import Issue, own_address
from services.alerts.facts import as_it_is

_LONGEST_URL = 500


def facts_of(issue: Issue, sentry_url: str, slug: str, known: IssueFacts | None = None) -> IssueFacts:
    """Return what a card shows of `issue` as it is now. known: what its card shows already, event and all.

    slug: the organization's, for where Sentry names no page of its own.
    """
    return as_it_is(known or _without_event(issue, page_of(sentry_url, slug, issue.id), sentry_url), issue)


def page_of(sentry_url: str, slug: str, issue_id: str) -> str:
    """Return where a person looks at an issue."""
    return f"{sentry_url}/organizations/{slug}/issues/{issue_id}/"


def _without_event(issue: Issue, page: str, sentry_url: str) -> IssueFacts:
    return IssueFacts(
        title=issue.title or issue.short_id or "Issue",
        url=own_address(issue.url, sentry_url, page, _LONGEST_URL),
        error_type=issue.error_type,
        happened=issue.error_value,
        release=issue.last_release,
    )
