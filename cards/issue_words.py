"""How cards put an issue into words: Markdown, unless a name says plain."""

from collections.abc import Iterator

from cards.escape import markdown, plain
from cards.links import link
from cards.times import events, local_time, users
from issue_model import NOBODY, CodePlace, IssueFacts, IssueStatus, Outcome, Owner, Priority, Trend
from texts import gettext as _
from texts import marked, ngettext, number

LONGEST_TITLE = 120
LONGEST_STORY = 180
_LONGEST_PLACE = 100
_LONGEST_PATH = 70
_LONGEST_NAME = 50
_LONG = 80
_MOST_RULES = 2
_LONGEST_RULE = 40
_TRENDS = {
    Trend.NEW: marked("New {level}"),
    Trend.REGRESSED: marked("{level} is back"),
    Trend.ESCALATING: marked("{level} is escalating"),
}
_LEVELS = {
    name: name
    for name in (
        marked("fatal"),
        marked("error"),
        marked("warning"),
        marked("info"),
        marked("debug"),
        marked("issue"),
    )
}
_PRIORITIES = {
    Priority.HIGH: marked("high priority"),
    Priority.MEDIUM: marked("medium priority"),
    Priority.LOW: marked("low priority"),
}


def headline(issue: IssueFacts) -> str:
    """Return the issue's title linked to its page; the error's type alone when the whole would be long."""
    return link(_title(issue) or _("Issue without a title"), issue.url, LONGEST_TITLE)


def plain_headline(issue: IssueFacts) -> str:
    """Return the issue's title for a summary."""
    return plain(issue.title, limit=100) or _plain_issue(issue)


def _plain_issue(issue: IssueFacts) -> str:
    name = plain(issue.short_id, limit=40)
    return _("Issue {name}").format(name=name) if name else _("Issue in Sentry")


def story(issue: IssueFacts) -> str:
    """Return what happened, "" when the headline says all of it."""
    told = plain(issue.happened, limit=LONGEST_STORY)
    return "" if told in plain(_title(issue), limit=LONGEST_TITLE) else markdown(issue.happened, limit=LONGEST_STORY)


def _title(issue: IssueFacts) -> str:
    kind = plain(issue.error_type, limit=_LONG)
    is_repeated = bool(kind and issue.happened) and issue.title.startswith(f"{kind}:")
    if is_repeated and len(issue.title) > _LONG:
        return kind
    return plain(issue.title, limit=LONGEST_TITLE) or plain(issue.short_id)


def where(code: CodePlace | None, culprit: str) -> str:
    """Return file, line and function of the error, or what Sentry takes for the culprit."""
    if code is None or not code.file:
        return markdown(culprit, limit=_LONGEST_PLACE)
    line = f":{code.line}" if code.line is not None else ""
    file = f"{_end(code.file)}{line}"
    if not code.function:
        return markdown(file, limit=_LONGEST_PLACE)
    function = code.function[:_LONGEST_PLACE]
    return markdown(_("{file} in {function}").format(file=file, function=function), limit=_LONGEST_PLACE)


def _end(path: str) -> str:
    """Return the path, of a long one the end: that tells more than the beginning."""
    return path if len(path) <= _LONGEST_PATH else f"…{path[1 - _LONGEST_PATH :]}"


def standing(issue: IssueFacts) -> str:
    """Return how the issue stands, in a few words: "New error, unhandled, high priority"."""
    if issue.status is IssueStatus.UNRESOLVED:
        return ", ".join(_open(issue))
    done = _("Resolved") if issue.status is IssueStatus.RESOLVED else _("Archived")
    how = _resolved(issue.outcome) if issue.status is IssueStatus.RESOLVED else _archived(issue.outcome)
    by = markdown(issue.outcome.by, limit=_LONGEST_NAME)
    at = f", {local_time(issue.outcome.at)}" if issue.outcome.at else ""
    done = _("{done} {how}").format(done=done, how=how) if how else done
    return (_("{done} by {person}").format(done=done, person=by) if by else done) + at


def _open(issue: IssueFacts) -> Iterator[str]:
    level = markdown(issue.level, "issue", 20).lower()
    level = _(_LEVELS[level]) if level in _LEVELS else level
    sentence = _(_TRENDS[issue.trend]).format(level=level) if issue.trend in _TRENDS else level
    yield sentence[:1].upper() + sentence[1:]
    if issue.unhandled:
        yield _("unhandled")
    if issue.priority:
        yield _(_PRIORITIES[issue.priority])


def _resolved(outcome: Outcome) -> str:
    if outcome.in_next_release:
        return _("in the next release")
    if outcome.in_release:
        return _("in release {release}").format(release=markdown(outcome.in_release, limit=_LONGEST_NAME))
    return _("in commit {commit}").format(commit=markdown(outcome.in_commit[:12])) if outcome.in_commit else ""


def _archived(outcome: Outcome) -> str:
    if outcome.until_escalating:
        return _("until it escalates")
    if outcome.until:
        return _("until {time}").format(time=local_time(outcome.until))
    if outcome.events:
        more = ngettext("until {count} more event", "until {count} more events", outcome.events)
        return more.format(count=number(outcome.events))
    if outcome.users:
        more = ngettext("until {count} more user", "until {count} more users", outcome.users)
        return more.format(count=number(outcome.users))
    return _("forever") if outcome.forever else ""


def impact(issue: IssueFacts) -> str:
    """Return "42 events, 7 users", or as much of it as is told."""
    counts = ((issue.events, events), (issue.users, users))
    return ", ".join(counted(count) for count, counted in counts if count is not None)


def origin(issue: IssueFacts) -> str:
    """Return "web, production", or as much of it as is told."""
    names = (markdown(issue.project, limit=_LONGEST_NAME), markdown(issue.environment, limit=_LONGEST_NAME))
    return ", ".join(name for name in names if name)


def owner(who: Owner | None) -> str:
    """Return who has the issue; "" when that is not told."""
    if who is None:
        return ""
    name = markdown(f"#{who.name}" if who.is_team else who.name, _("somebody"), _LONGEST_NAME)
    return _("nobody") if who == NOBODY else name


def source(issue: IssueFacts) -> str:
    """Return the short id and the rules that fired: "WEB-1A, alert: Errors in checkout, Slow pages and 2 more"."""
    rules = ", ".join(link(rule.name, rule.url, _LONGEST_RULE) for rule in issue.rules[:_MOST_RULES])
    more = len(issue.rules) - _MOST_RULES
    rules = _("{names} and {count} more").format(names=rules, count=more) if more > 0 else rules
    alert = _("Alert: {rules}").format(rules=rules) if rules else ""
    return " · ".join(part for part in (markdown(issue.short_id), alert) if part)
