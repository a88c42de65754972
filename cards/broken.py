"""What a place sees when its connection no longer works, and when it works again."""

from typing import Any

from cards.elements import card, command_button, link_button, note, paragraph, title
from cards.escape import plain, quoted
from cards.links import host
from cards.names import organization
from cards.template import message
from texts import gettext as _


def build_broken_connection_card(
    organization_name: str, sentry_url: str, reason: str = "", setup_url: str = ""
) -> dict[str, Any]:
    """Say, once, that Sentry refuses the stored token, and how to repair that in place.

    reason: Sentry's own words. setup_url: a fresh setup link; without one the button asks the bot for it.
    """
    said = quoted(reason, "", 200)
    body = (
        title(_("The connection to Sentry is broken")),
        paragraph(
            _(
                "{sentry} no longer accepts the token for {organization}: it was revoked or has expired. "
                "Alerts may stop coming, and buttons do not work."
            ).format(sentry=host(sentry_url), organization=organization(organization_name))
        ),
        *([paragraph(_("Sentry says: {words}").format(words=said))] if said else []),
        note(_("Run the setup again with a new token. Subscriptions and rules stay as they are.")),
    )
    button = link_button(_("Repair"), setup_url) if setup_url else command_button(_("Repair"), "setup")
    summary = _("The connection to {organization} is broken").format(organization=plain(organization_name, "Sentry"))
    return message(card(*body, actions=[button]), summary)


def build_mended_connection_card(organization_name: str) -> dict[str, Any]:
    """Take the place of the card above once the setup was run again."""
    body = (
        title(_("The connection to Sentry works again")),
        paragraph(
            _("Alerts from {organization} come here, and buttons work.").format(
                organization=organization(organization_name)
            )
        ),
    )
    name = plain(organization_name, "Sentry")
    return message(card(*body), _("The connection to {organization} works again").format(organization=name))
