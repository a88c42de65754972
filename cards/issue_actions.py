"""The buttons of an issue's card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cards.adaptive import (
    Action,
    Element,
    action_set,
    choice_set,
    found_by_typing,
    open_url,
    show_card,
    text_block,
    text_input,
)
from cards.buttons import TOKEN, issue_button
from cards.escape import fitting, plain
from cards.issue_commands import (
    ASSIGNEE,
    ASSIGNEES,
    COMMENT,
    ME,
    PRIORITY_WORDS,
    UNTIL,
    UNTIL_WORDS,
    IssueCommand,
    Until,
    When,
)
from cards.links import web_page
from cards.template import Template
from issue_model import NOBODY, IssueFacts, IssueStatus, Priority
from texts import gettext as _
from texts import once_per_language

LONGEST_COMMENT = 4000
LONGEST_TOKEN = 260
# A client shows 15 found by typing; of the fixed list more than this is no help, and cards have a limit.
_MOST_CANDIDATES = 25
_LONGEST_CANDIDATE = 60
_MOST_BYTES = 1_800
_MOST_REFRESHED = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody an issue can be given to. `value`: "user:<id>" or "team:<id>"."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Controls:
    """That there are buttons, and what they carry: `token`, signed by the caller, at most LONGEST_TOKEN characters.

    `candidates` are offered to clients without typed search, the likeliest first: teams, members of the project.
    """

    token: str
    candidates: tuple[Candidate, ...] = ()

    def __post_init__(self) -> None:
        if len(self.token) > LONGEST_TOKEN:
            raise ValueError(f"a token longer than {LONGEST_TOKEN} characters: every button carries it, twice")


def issue_actions(issue: IssueFacts, controls: Controls) -> list[dict[str, Any]]:
    """Return the buttons that make sense for the issue as it stands; the first is the likeliest."""
    texts = {"token": controls.token}
    assign = _assign(_has_owner(issue)).fill(texts)
    assign["card"]["body"][0]["choices"] = _choices(controls.candidates)
    first = [template().fill(texts) for template in _FIRST[issue.status]]
    archive = [_archive().fill(texts)] if issue.status is IssueStatus.UNRESOLVED else []
    more = _more(issue.status is not IssueStatus.RESOLVED, issue.priority).fill(texts)
    return [*first, assign, *archive, more]


def open_action(url: str) -> list[dict[str, Any]]:
    """Return the button of a card without others: it opens the page in Sentry."""
    target = web_page(url)
    return [_open().fill({"url": target})] if target else []


def refreshing(token: str, user_ids: Sequence[str]) -> dict[str, Any]:
    """Return what makes Teams ask for the card again whenever one of these people (at most 60) looks at it."""
    return {"action": _refresh().fill({"token": token}), "userIds": list(user_ids[:_MOST_REFRESHED])}


def _has_owner(issue: IssueFacts) -> bool:
    return issue.owner is not None and issue.owner != NOBODY


def _choices(candidates: Sequence[Candidate]) -> list[dict[str, str]]:
    first = candidates[:_MOST_CANDIDATES]
    titles = fitting((plain(each.name, each.value, _LONGEST_CANDIDATE) for each in first), _MOST_BYTES)
    return [{"title": title, "value": each.value} for title, each in zip(titles, first, strict=False)]


@once_per_language
def _assign(has_owner: bool) -> Template:  # noqa: FBT001 - the key of a cache
    search = choice_set(
        ASSIGNEE,
        (),
        style="filtered",
        label=_("Person or team"),
        placeholder=_("Type a name"),
        isRequired=True,
        errorMessage=_("Choose a person or a team."),
    )
    search["choices.data"] = found_by_typing(ASSIGNEES + TOKEN)
    buttons = action_set(
        issue_button(_("Assign"), IssueCommand.ASSIGN, style="positive", inputs="auto"),
        issue_button(_("Assign to me"), IssueCommand.ASSIGN, to=ME),
    )
    # In a row of its own: phones cut off what does not fit beside other buttons.
    unassign = [action_set(issue_button(_("Unassign"), IssueCommand.UNASSIGN))] if has_owner else []
    return Template(show_card(_("Assign"), [search, buttons, *unassign]))


@once_per_language
def _archive() -> Template:
    choices = [(_(words), value.value) for value, words in UNTIL_WORDS.items()]
    until = {**choice_set(UNTIL, choices, style="compact", label=_("Archive")), "value": Until.ESCALATING.value}
    button = issue_button(_("Archive"), IssueCommand.ARCHIVE, style="positive", inputs="auto")
    return Template(show_card(_("Archive"), [until], [button]))


@once_per_language
def _more(can_resolve: bool, priority: Priority | None) -> Template:  # noqa: FBT001 - the key of a cache
    resolve = [_label(_("Resolve in")), action_set(*_releases())] if can_resolve else []
    priorities = [_label(_("Priority")), action_set(*_priorities(priority))]
    return Template(show_card(_("More"), [*resolve, *priorities, *_comment()]))


def _label(text: str) -> Element:
    return text_block(text, weight="Bolder")


def _releases() -> list[Action]:
    return [
        issue_button(_("Current release"), IssueCommand.RESOLVE, when=When.CURRENT_RELEASE),
        issue_button(_("Next release"), IssueCommand.RESOLVE, when=When.NEXT_RELEASE),
    ]


def _priorities(current: Priority | None) -> list[Action]:
    others = [priority for priority in Priority if priority is not current]
    return [issue_button(_(PRIORITY_WORDS[each]), IssueCommand.PRIORITY, priority=each) for each in others]


def _comment() -> list[Element]:
    text = text_input(
        COMMENT,
        longest=LONGEST_COMMENT,
        label=_("Comment"),
        placeholder=_("Shown in Sentry and in this thread"),
        isRequired=True,
        errorMessage=_("Write something first."),
    )
    return [text, action_set(issue_button(_("Add comment"), IssueCommand.COMMENT, inputs="auto"))]


@once_per_language
def _resolve() -> Template:
    return Template(issue_button(_("Resolve"), IssueCommand.RESOLVE, style="positive", when=When.NOW))


@once_per_language
def _unresolve() -> Template:
    return Template(issue_button(_("Unresolve"), IssueCommand.UNRESOLVE))


@once_per_language
def _unarchive() -> Template:
    return Template(issue_button(_("Unarchive"), IssueCommand.UNRESOLVE))


@once_per_language
def _refresh() -> Template:
    return Template(issue_button(_("Refresh"), IssueCommand.REFRESH))


@once_per_language
def _open() -> Template:
    return Template(open_url(_("Open in Sentry"), "{{url}}"))


_FIRST = {
    IssueStatus.UNRESOLVED: [_resolve],
    IssueStatus.RESOLVED: [_unresolve],
    IssueStatus.ARCHIVED: [_unarchive, _resolve],
}
