"""The answer to `status`."""

from collections.abc import Sequence
from typing import Any

from cards.elements import card, command_button, facts, link_button, paragraph, title
from cards.escape import markdown
from cards.links import host, link, organization_url
from cards.names import connected_summary, place, plain_place
from cards.template import message
from cards.times import local_time
from model import Connection, PlaceKind
from texts import gettext as _
from texts import ngettext

_MOST_CONNECTIONS = 10


def build_status_card(
    place_name: str, connection: Connection | None, kind: PlaceKind = PlaceKind.TEAM
) -> dict[str, Any]:
    """Say what is connected in the place, since when and by whom; for None that nothing is, and what to do."""
    if connection is None:
        return _not_connected(place_name, kind)
    url = organization_url(connection.sentry_url, connection.organization_slug)
    body = (
        title(_("Connected to Sentry")),
        paragraph(_("Alerts come to {place}.").format(place=place(kind, place_name))),
        facts(_rows(connection, url)),
    )
    summary = connected_summary(kind, place_name, connection.organization_name)
    return message(card(*body, actions=[link_button(_("Open Sentry"), url)]), summary)


def build_connections_card(
    place_name: str, connections: Sequence[Connection], kind: PlaceKind = PlaceKind.TEAM
) -> dict[str, Any]:
    """Say of each of several organizations since when it is connected, by whom, and whether that still works."""
    rows = [
        facts(_rows(each, organization_url(each.sentry_url, each.organization_slug)))
        for each in connections[:_MOST_CONNECTIONS]
    ]
    come = _("Alerts come to {place}.").format(place=place(kind, place_name))
    body = (title(_("Connected to Sentry")), paragraph(come), *rows)
    connected = ngettext(
        "{count} Sentry organization is connected to {place}",
        "{count} Sentry organizations are connected to {place}",
        len(connections),
    )
    summary = connected.format(count=len(connections), place=plain_place(kind, place_name))
    return message(card(*body), summary)


def _rows(connection: Connection, url: str) -> list[tuple[str, str]]:
    broken = [(_("Trouble"), _("Sentry refuses the token: run setup again"))] if connection.broken_at else []
    return [
        (_("Organization"), link(connection.organization_name, url)),
        ("Sentry", host(connection.sentry_url)),
        (_("Since"), local_time(connection.connected_at)),
        (_("Connected by"), markdown(connection.connected_by)),
        *broken,
    ]


def _not_connected(place_name: str, kind: PlaceKind) -> dict[str, Any]:
    body = (
        title(_("Not connected to Sentry")),
        paragraph(
            _("No alerts come to {place} yet. Get a setup link to connect it.").format(place=place(kind, place_name))
        ),
    )
    summary = _("No Sentry organization is connected to {place}").format(place=plain_place(kind, place_name))
    return message(card(*body, actions=[command_button(_("Get setup link"), "setup")]), summary)
