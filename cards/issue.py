"""The card of an issue: an alert, and everything that becomes of it."""

from collections.abc import Iterator
from typing import Any

from microsoft_teams.cards import Container, FactSet, TextBlock

from cards import issue_words as words
from cards.escape import markdown, plain
from cards.issue_actions import Controls, issue_actions, open_action
from cards.issue_notices import NO_NOTICES, Notices, Working, notice_blocks
from cards.template import Template, assemble
from cards.times import local_time
from issue_model import IssueFacts, IssueStatus

_MOST_TAGS = 6
_LONGEST_TAG = 40
_LONGEST_VALUE = 80
_LONGEST_CODE = 120
_LEVELS = {"fatal": "attention", "error": "attention", "warning": "warning"}
_DONE = {IssueStatus.RESOLVED: "good", IssueStatus.ARCHIVED: "emphasis"}


def build_issue_card(
    issue: IssueFacts, *, controls: Controls | None = None, notices: Notices = NO_NOTICES
) -> dict[str, Any]:
    """Show an issue: what broke, where, how bad, since when, who has it.

    controls: None where a place wants no buttons; the card then only leads to Sentry. While somebody's click is being
    carried out there are none either.
    """
    is_busy = isinstance(notices.progress, Working)
    actions = open_action(issue.url) if controls is None or is_busy else issue_actions(issue, controls)
    return assemble(list(_body(issue, notices)), actions, issue_summary(issue, notices))


def issue_summary(issue: IssueFacts, notices: Notices = NO_NOTICES) -> str:
    """Return the line for notifications: "Resolved: ValueError: bad total (web, production), 42 events"."""
    sample = "Sample: " if notices.sample else ""
    status = _STATUS_WORDS.get(issue.status, "")
    names = [plain(issue.project, limit=30), plain(issue.environment, limit=30)]
    origin, counts = ", ".join(name for name in names if name), words.impact(issue)
    title = f"{words.plain_headline(issue)}{f' ({origin})' if origin else ''}"
    return f"{sample}{status}{title}{f', {counts}' if counts else ''}"


_STATUS_WORDS = {IssueStatus.RESOLVED: "Resolved: ", IssueStatus.ARCHIVED: "Archived: "}


def _body(issue: IssueFacts, notices: Notices) -> Iterator[dict[str, Any]]:
    yield _band(issue)
    yield from notice_blocks(notices)
    yield _HEADLINE.fill({"text": words.headline(issue)})
    yield from _filled(_STORY, words.story(issue))
    yield from _filled(_CODE, words.where(issue.code, issue.culprit))
    yield from _filled(_CODE, markdown(issue.code.code, limit=_LONGEST_CODE) if issue.code else "")
    facts = [{"title": title, "value": value} for title, value in _facts(issue) if value]
    if facts:
        yield {**_FACTS.fill({}), "facts": facts}
    yield from _filled(_SOURCE, words.source(issue))


def _band(issue: IssueFacts) -> dict[str, Any]:
    style = _DONE.get(issue.status) or _LEVELS.get(issue.level.lower(), "accent")
    return _BAND.fill({"style": style, "text": words.standing(issue)})


def _filled(template: Template, text: str) -> Iterator[dict[str, Any]]:
    if text:
        yield template.fill({"text": text})


def _facts(issue: IssueFacts) -> Iterator[tuple[str, str]]:
    yield "Project", words.origin(issue)
    yield "Impact", words.impact(issue)
    yield "First seen", local_time(issue.first_seen) if issue.first_seen else ""
    yield "Last seen", local_time(issue.last_seen) if issue.last_seen else ""
    yield "Assigned to", words.owner(issue.owner)
    yield "Release", markdown(issue.release, limit=_LONGEST_VALUE)
    for name, value in issue.tags[:_MOST_TAGS]:
        yield markdown(name, "tag", _LONGEST_TAG), markdown(value, limit=_LONGEST_VALUE)


_BAND = Template(
    {
        **Container(items=[TextBlock(text="{{text}}", wrap=True, weight="Bolder")], bleed=True).model_dump(
            mode="json", exclude_none=True
        ),
        "style": "{{style}}",
    }
)
_HEADLINE = Template.of_part(TextBlock(text="{{text}}", wrap=True, size="Large", weight="Bolder", style="heading"))
_STORY = Template.of_part(TextBlock(text="{{text}}", wrap=True, spacing="Small"))
_CODE = Template.of_part(
    TextBlock(text="{{text}}", wrap=True, font_type="Monospace", size="Small", spacing="Small", is_subtle=True)
)
_FACTS = Template.of_part(FactSet(facts=[]))
_SOURCE = Template.of_part(TextBlock(text="{{text}}", wrap=True, size="Small", is_subtle=True))
