"""The cards around a person's account in Sentry; all are for that person alone."""

from collections.abc import Sequence
from typing import Any

from alert_model import IdentityFacts
from cards.elements import card, command_button, link_button, note, paragraph, title
from cards.escape import markdown, plain
from cards.links import host
from cards.template import message
from cards.times import local_time
from texts import gettext as _

_MOST_IDENTITIES = 10


def build_sign_in_card(sentry_url: str, sign_in_url: str, waiting: str = "", issue: str = "") -> dict[str, Any]:
    """Ask a person to sign in. waiting: what is done after it, marked words ("resolve it"); issue: its short id."""
    name = markdown(issue, _("the issue"), 40)
    unknown = _("I do not know yet who you are on {sentry}.").format(sentry=host(sentry_url))
    then = (
        _("Sign in, and I do this for you: {waiting} ({issue}).").format(waiting=_(waiting), issue=name)
        if waiting
        else _("Sign in to change issues as yourself.")
    )
    body = (
        title(_("Sign in with Sentry")),
        paragraph(f"{unknown} {then}"),
        note(_("The link is yours alone and works once. What you do here appears in Sentry under your name.")),
    )
    purpose = f": {_(waiting)} ({plain(issue, _('the issue'), 40)})" if waiting else ""
    summary = _("Sign in with Sentry") + purpose
    return message(card(*body, actions=[link_button(_("Sign in with Sentry"), sign_in_url)]), summary)


def build_signed_in_card(identity: IdentityFacts, done: str = "") -> dict[str, Any]:
    """Take the place of the sign-in card. done: what was carried out after it, a sentence of ours."""
    name = markdown(identity.name, _("somebody"), 60)
    known = _("You are {name} on {sentry}.").format(name=name, sentry=host(identity.sentry_url))
    body = (
        title(_("Signed in with Sentry")),
        paragraph(f"{known}{f' {done}' if done else ''}"),
        note(_("To undo this, send **unlink**.")),
    )
    return message(card(*body), _("You are signed in as {name}").format(name=plain(identity.name, _("somebody"), 60)))


def build_whoami_card(identities: Sequence[IdentityFacts]) -> dict[str, Any]:
    """Answer `whoami`: every account that is linked, or that none is."""
    if not identities:
        unlinked = _("You are not linked to Sentry")
        offer = (title(unlinked), paragraph(_("Link your account to change issues as yourself.")))
        return message(card(*offer, actions=[command_button(_("Link"), "link")]), unlinked)
    shown = identities[:_MOST_IDENTITIES]
    body = (title(_("Who you are in Sentry")), *(paragraph(_account(identity)) for identity in shown))
    summary = _("You are {name} in Sentry").format(name=plain(shown[0].name, _("somebody"), 60))
    return message(card(*body, note(_("To end this, send **unlink**."))), summary)


def _account(identity: IdentityFacts) -> str:
    name, email = markdown(identity.name, _("somebody"), 60), markdown(identity.email, limit=60)
    who = f"{name}, {email}," if email and email != name else name
    account = _("{name} on {sentry}").format(name=who, sentry=host(identity.sentry_url))
    if not identity.linked_at:
        return account
    return _("{account}, since {time}").format(account=account, time=local_time(identity.linked_at))


def build_unlinked_card(sentry_urls: Sequence[str]) -> dict[str, Any]:
    """Answer `unlink`: where the person is known no longer; for none, that nothing was linked."""
    hosts = ", ".join(host(url) for url in sentry_urls[:_MOST_IDENTITIES])
    if not hosts:
        body = (title(_("You are not linked to Sentry")), paragraph(_("There is nothing to unlink.")))
        return message(card(*body), _("You are not linked to Sentry"))
    body = (
        title(_("Unlinked from Sentry")),
        paragraph(
            _("I have forgotten your access to {hosts}. What you changed before stays as it is.").format(hosts=hosts)
        ),
    )
    return message(card(*body, actions=[command_button(_("Link again"), "link")]), _("You are unlinked from Sentry"))


def build_not_allowed_card(reason: str) -> dict[str, Any]:
    """Say, to one person, why a click changed nothing. `reason`: a sentence, ours or Sentry's."""
    body = (title(_("Nothing was changed")), paragraph(markdown(reason, _("You may not do that here."), 300)))
    said = plain(reason, _("You may not do that here."), 100)
    return message(card(*body), _("Nothing was changed: {reason}").format(reason=said))
