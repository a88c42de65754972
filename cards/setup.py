"""The cards around the setup: a fresh link, and that it worked."""

from typing import Any

from cards.elements import card, facts, link_button, note, paragraph, title
from cards.escape import markdown
from cards.links import link
from cards.names import connected_summary, organization, place, plain_place
from cards.template import message
from model import PlaceKind


def build_setup_card(place_name: str, setup_url: str, kind: PlaceKind = PlaceKind.TEAM) -> dict[str, Any]:
    """Answer `setup` with a fresh link."""
    body = (
        title("Connect to Sentry"),
        paragraph(f"Here is a new setup link for {place(kind, place_name)}. Earlier links no longer work."),
        note("The link works once and for 24 hours."),
    )
    summary = f"New setup link for {plain_place(kind, place_name)}"
    return message(card(*body, actions=[link_button("Set up Sentry", setup_url)]), summary)


def build_confirmation_card(
    organization_name: str,
    organization_url: str,
    place_name: str,
    connected_by: str,
    kind: PlaceKind = PlaceKind.TEAM,
) -> dict[str, Any]:
    """Say that the setup is finished. `connected_by`: the person's name, or "" when it is not known."""
    rows = [("Organization", link(organization_name, organization_url)), ("Connected by", markdown(connected_by))]
    body = (
        title("Sentry is connected"),
        paragraph(f"Alerts from {organization(organization_name)} now come to {place(kind, place_name)}."),
        facts(rows),
    )
    summary = connected_summary(kind, place_name, organization_name)
    return message(card(*body, actions=[link_button("Open Sentry", organization_url)]), summary)
