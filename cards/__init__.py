"""What people see in Teams: pure functions build_<what>_card, facts in, a message activity with one card out."""

from cards.broken import build_broken_connection_card, build_mended_connection_card
from cards.commands import build_help_card, build_unknown_command_card
from cards.disconnect import (
    CANCEL_VERB,
    DISCONNECT_VERB,
    build_choose_disconnect_card,
    build_disconnect_card,
    build_disconnected_card,
    build_nothing_to_disconnect_card,
    build_still_connected_card,
)
from cards.identity import (
    build_not_allowed_card,
    build_sign_in_card,
    build_signed_in_card,
    build_unlinked_card,
    build_whoami_card,
)
from cards.issue import build_issue_card, issue_summary
from cards.issue_actions import Candidate, Controls
from cards.issue_commands import ASSIGNEE, ASSIGNEES, COMMENT, ME, UNTIL, IssueCommand, Until, When
from cards.issue_notices import Failed, Notices, Storm, Working
from cards.links import organization_url
from cards.lookup import (
    assignee_results,
    build_issue_list_card,
    build_issue_not_found_card,
    build_which_issue_card,
    search_message,
    search_results,
    search_sign_in,
    unfurled,
)
from cards.metric import build_metric_alert_card
from cards.rule_texts import alert_rule_refused, alert_rule_saved, alert_rule_unknown
from cards.sample import build_sample_card
from cards.setup import build_confirmation_card, build_setup_card
from cards.status import build_connections_card, build_status_card
from cards.subscriptions import (
    build_muted_card,
    build_subscribed_card,
    build_subscriptions_card,
    build_unsubscribed_card,
)
from cards.thread import build_assigned_card, build_comment_card
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
    "alert_rule_refused",
    "alert_rule_saved",
    "alert_rule_unknown",
    "assignee_results",
    "build_assigned_card",
    "build_broken_connection_card",
    "build_choose_disconnect_card",
    "build_comment_card",
    "build_confirmation_card",
    "build_connections_card",
    "build_disconnect_card",
    "build_disconnected_card",
    "build_finished_welcome_card",
    "build_group_chat_welcome_card",
    "build_help_card",
    "build_issue_card",
    "build_issue_list_card",
    "build_issue_not_found_card",
    "build_mended_connection_card",
    "build_metric_alert_card",
    "build_muted_card",
    "build_not_allowed_card",
    "build_nothing_to_disconnect_card",
    "build_personal_welcome_card",
    "build_sample_card",
    "build_setup_card",
    "build_sign_in_card",
    "build_signed_in_card",
    "build_status_card",
    "build_still_connected_card",
    "build_subscribed_card",
    "build_subscriptions_card",
    "build_team_welcome_card",
    "build_unknown_command_card",
    "build_unlinked_card",
    "build_unsubscribed_card",
    "build_which_issue_card",
    "build_whoami_card",
    "issue_summary",
    "organization_url",
    "search_message",
    "search_results",
    "search_sign_in",
    "unfurled",
]
