"""Answers to what somebody asks where others read along, and to what this bot was not set up for."""

from typing import Any

from cards.elements import card, paragraph, title
from cards.template import message
from texts import gettext as _


def build_in_private_card(command: str) -> dict[str, Any]:
    """Say where to send `command`, one of our own: the answer is for the person alone."""
    body = (
        title(_("Let us talk in private")),
        paragraph(
            _(
                "The answer is for you alone. Send me **{command}** in our own chat: open my profile, choose Chat."
            ).format(command=command)
        ),
    )
    return message(card(*body), _("Send me {command} in our own chat").format(command=command))


def build_no_sign_in_card() -> dict[str, Any]:
    """Say that nobody can sign in here."""
    body = (
        title(_("Signing in is not set up")),
        paragraph(_("Whoever runs this bot has to register it in Sentry first (SENTRY_OAUTH_CLIENTS).")),
    )
    return message(card(*body), _("Signing in with Sentry is not set up"))
