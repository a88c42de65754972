"""What people see in Teams: pure functions build_<what>_card, facts in, a message activity with one card out."""

from cards.commands import build_help_card, build_unknown_command_card
from cards.disconnect import (
    CANCEL_VERB,
    DISCONNECT_VERB,
    build_disconnect_card,
    build_disconnected_card,
    build_nothing_to_disconnect_card,
    build_still_connected_card,
)
from cards.issue import build_issue_card, issue_summary
from cards.issue_actions import Candidate, Controls
from cards.issue_commands import ASSIGNEE, ASSIGNEES, COMMENT, ME, UNTIL, IssueCommand, Until, When
from cards.issue_notices import Failed, Notices, Storm, Working
from cards.links import organization_url
from cards.setup import build_confirmation_card, build_setup_card
from cards.status import build_status_card
from cards.welcome import (
    build_finished_welcome_card,
    build_group_chat_welcome_card,
    build_personal_welcome_card,
    build_team_welcome_card,
)

__all__ = [
    "ASSIGNEE",
    "ASSIGNEES",
    "CANCEL_VERB",
    "COMMENT",
    "DISCONNECT_VERB",
    "ME",
    "UNTIL",
    "Candidate",
    "Controls",
    "Failed",
    "IssueCommand",
    "Notices",
    "Storm",
    "Until",
    "When",
    "Working",
    "build_confirmation_card",
    "build_disconnect_card",
    "build_disconnected_card",
    "build_finished_welcome_card",
    "build_group_chat_welcome_card",
    "build_help_card",
    "build_issue_card",
    "build_nothing_to_disconnect_card",
    "build_personal_welcome_card",
    "build_setup_card",
    "build_status_card",
    "build_still_connected_card",
    "build_team_welcome_card",
    "build_unknown_command_card",
    "issue_summary",
    "organization_url",
]
