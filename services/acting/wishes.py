"""What a pressed button asks for, read from what it sent; anybody may send anything, so nothing is taken on trust."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cards import ASSIGNEE, COMMENT, ME, UNTIL, IssueCommand, Until, When
from sentry_api import Priority
from sentry_api.archiving import ArchiveUntil, Forever, ForMinutes, UntilEscalating, UntilEvents, UntilUsers
from sentry_api.changes import LATEST, Archive, AssignTo, Change, Resolve, SetPriority, Unresolve
from texts import gettext as _
from texts import marked

_LONGEST_COMMENT = 4000
Data = Mapping[str, str]


class WishUnclear(Exception):
    """The button sent something that no button of ours sends, or a field is empty. The text is for people."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants. One of: `change`; `comment`; `to_me`; none of them: just to see how things stand.

    `doing`, `undone`: marked, "resolving it", "resolve it". `choice`: for the audit trail, what was chosen.
    """

    command: IssueCommand
    doing: str
    undone: str
    change: Change | None = None
    comment: str = ""
    to_me: bool = False
    choice: str = ""

    @property
    def needs_person(self) -> bool:
        """Whether it means nothing without knowing who asks."""
        return self.to_me


def is_issue_command(data: Mapping[str, object]) -> bool:
    """Tell whether a button of an issue's card was pressed."""
    command = data.get("command")
    return isinstance(command, str) and command in set(IssueCommand) and isinstance(data.get("token"), str)


def read_wish(data: Data) -> Wish:
    """Return what the button asks for; raises WishUnclear."""
    return _READERS[IssueCommand(data["command"])](data)


def _resolve(data: Data) -> Wish:
    when = data.get("when", When.NOW.value)
    changes = {
        When.NOW: Resolve(),
        When.CURRENT_RELEASE: Resolve(in_release=LATEST),
        When.NEXT_RELEASE: Resolve(in_next_release=True),
    }
    change = changes.get(When(when)) if when in set(When) else None
    if change is None:
        raise WishUnclear(_("This button does not say when the issue is resolved."))
    return Wish(IssueCommand.RESOLVE, marked("resolving it"), marked("resolve it"), change, choice=when)


def _unresolve(_data: Data) -> Wish:
    return Wish(IssueCommand.UNRESOLVE, marked("opening it again"), marked("open it again"), Unresolve())


def _archive(data: Data) -> Wish:
    chosen = data.get(UNTIL, "")
    if chosen not in set(Until):
        raise WishUnclear(_("Choose for how long the issue is archived."))
    return Wish(
        IssueCommand.ARCHIVE, marked("archiving it"), marked("archive it"), Archive(_until(chosen)), choice=chosen
    )


def _until(chosen: str) -> ArchiveUntil:
    kind, _, number = chosen.partition(":")
    if not number:
        return Forever() if chosen == Until.FOREVER else UntilEscalating()
    makers: dict[str, Callable[[int], ArchiveUntil]] = {
        "minutes": ForMinutes,
        "events": UntilEvents,
        "users": UntilUsers,
    }
    return makers[kind](int(number))


def _assign(data: Data) -> Wish:
    if data.get("to") == ME:
        return Wish(IssueCommand.ASSIGN, marked("assigning it"), marked("assign it to you"), to_me=True, choice=ME)
    chosen = data.get(ASSIGNEE, "")
    kind, _colon, number = chosen.partition(":")
    try:
        change = AssignTo(kind, number)
    except ValueError:
        change = AssignTo.nobody()
    if not change.kind:
        raise WishUnclear(_("Choose a person or a team from the list."))
    return Wish(IssueCommand.ASSIGN, marked("assigning it"), marked("assign it"), change, choice=chosen)


def _unassign(_data: Data) -> Wish:
    return Wish(IssueCommand.UNASSIGN, marked("unassigning it"), marked("unassign it"), AssignTo.nobody())


def _priority(data: Data) -> Wish:
    chosen = data.get("priority", "")
    if chosen not in set(Priority):
        raise WishUnclear(_("Choose a priority."))
    change = SetPriority(Priority(chosen))
    return Wish(
        IssueCommand.PRIORITY, marked("setting its priority"), marked("set its priority"), change, choice=chosen
    )


def _comment(data: Data) -> Wish:
    text = data.get(COMMENT, "").strip()
    if not 0 < len(text) <= _LONGEST_COMMENT:
        raise WishUnclear(_("A comment has 1 to {most} characters.").format(most=_LONGEST_COMMENT))
    return Wish(IssueCommand.COMMENT, marked("adding your comment"), marked("add the comment"), comment=text)


def _refresh(_data: Data) -> Wish:
    return Wish(IssueCommand.REFRESH, marked("looking at it"), marked("look at it"))


_READERS: Mapping[IssueCommand, Callable[[Data], Wish]] = {
    IssueCommand.RESOLVE: _resolve,
    IssueCommand.UNRESOLVE: _unresolve,
    IssueCommand.ARCHIVE: _archive,
    IssueCommand.ASSIGN: _assign,
    IssueCommand.UNASSIGN: _unassign,
    IssueCommand.PRIORITY: _priority,
    IssueCommand.COMMENT: _comment,
    IssueCommand.REFRESH: _refresh,
}
