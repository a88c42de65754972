"""The card of an issue: an alert, and everything that becomes of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from cards import issue_words as words
from cards import parts
from cards.adaptive import ContainerStyle
from cards.escape import markdown, plain
from cards.issue_actions import Controls, issue_actions, open_action, refreshing
from cards.issue_notices import NO_NOTICES, Notices, Working, notice_blocks
from cards.template import assemble
from cards.times import local_time
from issue_model import IssueFacts, IssueStatus
from texts import gettext as _
from texts import marked

_MOST_TAGS = 5
_LONGEST_TAG = 30
_LONGEST_VALUE = 60
_LONGEST_CODE = 80
_LEVELS: dict[str, ContainerStyle] = {"fatal": "attention", "error": "attention", "warning": "warning"}
_DONE: dict[IssueStatus, ContainerStyle] = {IssueStatus.RESOLVED: "good", IssueStatus.ARCHIVED: "emphasis"}


def build_issue_card(
    issue: IssueFacts,
    *,
    controls: Controls | None = None,
    notices: Notices = NO_NOTICES,
    refresh_for: Sequence[str] = (),
) -> dict[str, Any]:
    """Show an issue: what broke, where, how bad, since when, who has it.

    controls: None where a place wants no buttons; the card then only leads to Sentry. While somebody's click is being
    carried out there are none either. refresh_for: the Teams ids of people for whom a card that the bot cannot update
    itself (a link preview belongs to who pasted it) stays true; needs controls.
    """
    is_busy = isinstance(notices.progress, Working)
    actions = open_action(issue.url) if controls is None or is_busy else issue_actions(issue, controls)
    refresh = refreshing(controls.token, refresh_for) if controls and refresh_for else None
    return assemble(list(_body(issue, notices)), actions, issue_summary(issue, notices), refresh=refresh)


def issue_summary(issue: IssueFacts, notices: Notices = NO_NOTICES) -> str:
    """Return the line for notifications: "Resolved: ValueError: bad total (web, production), 42 events"."""
    status = _(_STATUS_WORDS[issue.status]) if issue.status in _STATUS_WORDS else "{title}"
    sample = _("Sample: {title}") if notices.sample else "{title}"
    names = [plain(issue.project, limit=30), plain(issue.environment, limit=30)]
    origin, counts = ", ".join(name for name in names if name), words.impact(issue)
    title = f"{words.plain_headline(issue)}{f' ({origin})' if origin else ''}"
    return sample.format(title=status.format(title=title)) + (f", {counts}" if counts else "")


_STATUS_WORDS = {
    IssueStatus.RESOLVED: marked("Resolved: {title}"),
    IssueStatus.ARCHIVED: marked("Archived: {title}"),
}


def _body(issue: IssueFacts, notices: Notices) -> Iterator[dict[str, Any]]:
    yield parts.band(_DONE.get(issue.status) or _LEVELS.get(issue.level[:10].lower(), "accent"), words.standing(issue))
    yield from notice_blocks(notices)
    yield parts.headline(words.headline(issue))
    yield from parts.sentence(words.story(issue))
    yield from parts.code(words.where(issue.code, issue.culprit))
    yield from parts.code(markdown(issue.code.code, limit=_LONGEST_CODE) if issue.code else "")
    yield from parts.fact_set(_facts(issue))
    yield from parts.footer(words.source(issue))


def _facts(issue: IssueFacts) -> Iterator[tuple[str, str]]:
    yield _("Project"), words.origin(issue)
    yield _("Impact"), words.impact(issue)
    yield _("Assignee"), words.owner(issue.owner)
    yield _("First seen"), local_time(issue.first_seen) if issue.first_seen else ""
    yield _("Last seen"), local_time(issue.last_seen) if issue.last_seen else ""
    yield _("Release"), markdown(issue.release, limit=_LONGEST_VALUE)
    for name, value in issue.tags[:_MOST_TAGS]:
        yield markdown(name, _("tag"), _LONGEST_TAG), markdown(value, limit=_LONGEST_VALUE)
