"""What the buttons of an issue's card ask for, and the words in which they do.

Each sends {"command": an IssueCommand, "token": the caller's signed text} and what is listed with the command.
"""

from enum import StrEnum

from issue_model import Priority
from texts import marked

ASSIGNEES = "assignees/"
"""The typed search for an assignee asks for the data set ASSIGNEES + token (invoke application/search)."""
UNTIL, ASSIGNEE, COMMENT = "until", "assignee", "comment"
"""The ids of the inputs."""


class IssueCommand(StrEnum):
    """RESOLVE: "when", a When. ARCHIVE: "until", an Until. ASSIGN: "to", ME; or "assignee", "user:<id>" or "team:<id>".

    PRIORITY: "priority", a Priority. COMMENT: "comment", the text. UNRESOLVE (also unarchives) and UNASSIGN: nothing.
    REFRESH, sent by Teams when somebody looks at the card: nothing; to be answered with the card as it should be.
    """

    RESOLVE = "resolve"
    UNRESOLVE = "unresolve"
    ARCHIVE = "archive"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    PRIORITY = "priority"
    COMMENT = "comment"
    REFRESH = "refresh"


class When(StrEnum):
    """From when on an issue counts as resolved."""

    NOW = "now"
    CURRENT_RELEASE = "current_release"
    NEXT_RELEASE = "next_release"


class Until(StrEnum):
    """How long an issue stays archived."""

    ESCALATING = "escalating"
    MINUTES_30 = "minutes:30"
    HOURS_2 = "minutes:120"
    HOURS_24 = "minutes:1440"
    EVENTS_10 = "events:10"
    EVENTS_100 = "events:100"
    EVENTS_1000 = "events:1000"
    USERS_10 = "users:10"
    USERS_100 = "users:100"
    FOREVER = "forever"


ME = "me"
UNTIL_WORDS = {
    Until.ESCALATING: marked("Until it escalates"),
    Until.MINUTES_30: marked("For 30 minutes"),
    Until.HOURS_2: marked("For 2 hours"),
    Until.HOURS_24: marked("For 24 hours"),
    Until.EVENTS_10: marked("Until 10 more events"),
    Until.EVENTS_100: marked("Until 100 more events"),
    Until.EVENTS_1000: marked("Until 1,000 more events"),
    Until.USERS_10: marked("Until 10 more users"),
    Until.USERS_100: marked("Until 100 more users"),
    Until.FOREVER: marked("Forever"),
}
PRIORITY_WORDS = {
    Priority.HIGH: marked("High"),
    Priority.MEDIUM: marked("Medium"),
    Priority.LOW: marked("Low"),
}
