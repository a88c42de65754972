"""The cards around a person's account in Sentry; all are for that person alone."""

from collections.abc import Sequence
from typing import Any

from alert_model import IdentityFacts
from cards.elements import card, command_button, link_button, note, paragraph, title
from cards.escape import markdown, plain
from cards.links import host
from cards.template import message
from cards.times import local_time

_MOST_IDENTITIES = 10


def build_sign_in_card(sentry_url: str, sign_in_url: str, waiting: str = "", issue: str = "") -> dict[str, Any]:
    """Ask a person to sign in. waiting: what is done after it, our words ("resolve"); issue: its short id."""
    name = markdown(issue, "the issue", 40)
    then = f"Sign in, and I {waiting} {name} for you." if waiting else "Sign in to change issues as yourself."
    body = (
        title("Sign in with Sentry"),
        paragraph(f"I do not know yet who you are on {host(sentry_url)}. {then}"),
        note("The link is yours alone and works once. What you do here appears in Sentry under your name."),
    )
    purpose = f" to {waiting} {plain(issue, 'the issue', 40)}" if waiting else ""
    summary = f"Sign in with Sentry{purpose}"
    return message(card(*body, actions=[link_button("Sign in with Sentry", sign_in_url)]), summary)


def build_signed_in_card(identity: IdentityFacts, done: str = "") -> dict[str, Any]:
    """Take the place of the sign-in card. done: what was carried out after it, a sentence of ours."""
    name = markdown(identity.name, "somebody", 60)
    body = (
        title("Signed in with Sentry"),
        paragraph(f"You are {name} on {host(identity.sentry_url)}.{f' {done}' if done else ''}"),
        note("To undo this, send **unlink**."),
    )
    return message(card(*body), f"You are signed in as {plain(identity.name, 'somebody', 60)}")


def build_whoami_card(identities: Sequence[IdentityFacts]) -> dict[str, Any]:
    """Answer `whoami`: every account that is linked, or that none is."""
    if not identities:
        offer = (title("You are not linked to Sentry"), paragraph("Link your account to change issues as yourself."))
        return message(card(*offer, actions=[command_button("Link", "link")]), "You are not linked to Sentry")
    shown = identities[:_MOST_IDENTITIES]
    body = (title("Who you are in Sentry"), *(paragraph(_account(identity)) for identity in shown))
    summary = f"You are {plain(shown[0].name, 'somebody', 60)} in Sentry"
    return message(card(*body, note("To end this, send **unlink**.")), summary)


def _account(identity: IdentityFacts) -> str:
    name, email = markdown(identity.name, "somebody", 60), markdown(identity.email, limit=60)
    since = f", since {local_time(identity.linked_at)}" if identity.linked_at else ""
    return f"{name}{f', {email},' if email and email != name else ''} on {host(identity.sentry_url)}{since}"


def build_unlinked_card(sentry_urls: Sequence[str]) -> dict[str, Any]:
    """Answer `unlink`: where the person is known no longer; for none, that nothing was linked."""
    hosts = ", ".join(host(url) for url in sentry_urls[:_MOST_IDENTITIES])
    if not hosts:
        body = (title("You are not linked to Sentry"), paragraph("There is nothing to unlink."))
        return message(card(*body), "You are not linked to Sentry")
    body = (
        title("Unlinked from Sentry"),
        paragraph(f"I have forgotten your access to {hosts}. What you changed before stays as it is."),
    )
    return message(card(*body, actions=[command_button("Link again", "link")]), "You are unlinked from Sentry")


def build_not_allowed_card(reason: str) -> dict[str, Any]:
    """Say, to one person, why a click changed nothing. `reason`: a sentence, ours or Sentry's."""
    body = (title("Nothing was changed"), paragraph(markdown(reason, "You may not do that here.", 300)))
    return message(card(*body), f"Nothing was changed: {plain(reason, 'you may not do that here', 100)}")
