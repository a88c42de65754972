"""The cards around the setup: a fresh link, and that it worked."""

from typing import Any

from cards.elements import card, facts, link_button, note, paragraph, title
from cards.escape import markdown
from cards.links import link
from cards.names import connected_summary, organization, place, plain_place
from cards.template import message
from model import PlaceKind
from texts import gettext as _


def build_setup_card(place_name: str, setup_url: str, kind: PlaceKind = PlaceKind.TEAM) -> dict[str, Any]:
    """Answer `setup` with a fresh link."""
    body = (
        title(_("Connect to Sentry")),
        paragraph(
            _("Here is a new setup link for {place}. Earlier links no longer work.").format(
                place=place(kind, place_name)
            )
        ),
        note(_("The link works once and for 24 hours.")),
    )
    summary = _("New setup link for {place}").format(place=plain_place(kind, place_name))
    return message(card(*body, actions=[link_button(_("Set up Sentry"), setup_url)]), summary)


def build_confirmation_card(
    organization_name: str,
    organization_url: str,
    place_name: str,
    connected_by: str,
    kind: PlaceKind = PlaceKind.TEAM,
) -> dict[str, Any]:
    """Say that the setup is finished. `connected_by`: the person's name, or "" when it is not known."""
    rows = [
        (_("Organization"), link(organization_name, organization_url)),
        (_("Connected by"), markdown(connected_by)),
    ]
    body = (
        title(_("Sentry is connected")),
        paragraph(
            _("Alerts from {organization} now come to {place}.").format(
                organization=organization(organization_name), place=place(kind, place_name)
            )
        ),
        facts(rows),
    )
    summary = connected_summary(kind, place_name, organization_name)
    return message(card(*body, actions=[link_button(_("Open Sentry"), organization_url)]), summary)
