"""What a place sees when its connection no longer works, and when it works again."""

from typing import Any

from cards.elements import card, command_button, link_button, note, paragraph, title
from cards.escape import plain, quoted
from cards.links import host
from cards.names import organization
from cards.template import message


def build_broken_connection_card(
    organization_name: str, sentry_url: str, reason: str = "", setup_url: str = ""
) -> dict[str, Any]:
    """Say, once, that Sentry refuses the stored token, and how to repair that in place.

    reason: Sentry's own words. setup_url: a fresh setup link; without one the button asks the bot for it.
    """
    said = quoted(reason, "", 200)
    body = (
        title("The connection to Sentry is broken"),
        paragraph(
            f"{host(sentry_url)} no longer accepts the token for {organization(organization_name)}: it was revoked or "
            f"has expired. Alerts may stop coming, and buttons do not work."
        ),
        *([paragraph(f"Sentry says: {said}")] if said else []),
        note("Run the setup again with a new token. Subscriptions and rules stay as they are."),
    )
    button = link_button("Repair", setup_url) if setup_url else command_button("Repair", "setup")
    summary = f"The connection to {plain(organization_name, 'Sentry')} is broken"
    return message(card(*body, actions=[button]), summary)


def build_mended_connection_card(organization_name: str) -> dict[str, Any]:
    """Take the place of the card above once the setup was run again."""
    body = (
        title("The connection to Sentry works again"),
        paragraph(f"Alerts from {organization(organization_name)} come here, and buttons work."),
    )
    return message(card(*body), f"The connection to {plain(organization_name, 'Sentry')} works again")
