"""Answers to what somebody asks where others read along, and to what this bot was not set up for."""

from typing import Any

from cards.elements import card, paragraph, title
from cards.template import message


def build_in_private_card(command: str) -> dict[str, Any]:
    """Say where to send `command`, one of our own: the answer is for the person alone."""
    body = (
        title("Let us talk in private"),
        paragraph(f"The answer is for you alone. Send me **{command}** in our own chat: open my profile, choose Chat."),
    )
    return message(card(*body), f"Send me {command} in our own chat")


def build_no_sign_in_card() -> dict[str, Any]:
    """Say that nobody can sign in here."""
    body = (
        title("Signing in is not set up"),
        paragraph("Whoever runs this bot has to register it in Sentry first (SENTRY_OAUTH_CLIENTS)."),
    )
    return message(card(*body), "Signing in with Sentry is not set up")
