"""The answer to `status`."""

from collections.abc import Iterator, Sequence
from typing import Any

from alert_model import HealthFacts
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
_LONGEST_REASON = 150


def build_status_card(
    place_name: str,
    connection: Connection | None,
    kind: PlaceKind = PlaceKind.TEAM,
    health: HealthFacts | None = None,
) -> dict[str, Any]:
    """Say what is connected in the place, since when and by whom, and whether alerts get through.

    None: that nothing is connected, and what to do.
    """
    if connection is None:
        return _not_connected(place_name, kind)
    url = organization_url(connection.sentry_url, connection.organization_slug)
    body = (
        title(_("Connected to Sentry")),
        paragraph(_("Alerts come to {place}.").format(place=place(kind, place_name))),
        facts([*_rows(connection, url), *_health(health)]),
    )
    summary = connected_summary(kind, place_name, connection.organization_name)
    return message(card(*body, actions=[link_button(_("Open Sentry"), url)]), summary)


def build_connections_card(
    place_name: str,
    connections: Sequence[Connection],
    kind: PlaceKind = PlaceKind.TEAM,
    health: HealthFacts | None = None,
) -> dict[str, Any]:
    """Say of each of several organizations since when it is connected, by whom, and whether that still works."""
    rows = [
        facts(_rows(each, organization_url(each.sentry_url, each.organization_slug)))
        for each in connections[:_MOST_CONNECTIONS]
    ]
    come = _("Alerts come to {place}.").format(place=place(kind, place_name))
    through = [facts(list(_health(health)))] if health else []
    body = (title(_("Connected to Sentry")), paragraph(come), *rows, *through)
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


def _health(health: HealthFacts | None) -> Iterator[tuple[str, str]]:
    if health is None:
        return
    yield _("Last alert"), local_time(health.last_alert) if health.last_alert else _("none yet")
    yield (
        _("Sentry last sent"),
        local_time(health.last_heard) if health.last_heard else _("nothing in the last three days"),
    )
    if health.waiting and health.waiting_since:
        waits = ngettext("{count} message since {time}", "{count} messages since {time}", health.waiting)
        yield _("Waiting"), waits.format(count=health.waiting, time=local_time(health.waiting_since))
    if health.gave_up:
        lost = ngettext("{count} message: {why}", "{count} messages, the last one: {why}", health.gave_up)
        yield _("Not delivered"), lost.format(count=health.gave_up, why=markdown(health.why, "?", _LONGEST_REASON))


def _not_connected(place_name: str, kind: PlaceKind) -> dict[str, Any]:
    body = (
        title(_("Not connected to Sentry")),
        paragraph(
            _("No alerts come to {place} yet. Get a setup link to connect it.").format(place=place(kind, place_name))
        ),
    )
    summary = _("No Sentry organization is connected to {place}").format(place=plain_place(kind, place_name))
    return message(card(*body, actions=[command_button(_("Get setup link"), "setup")]), summary)
