"""Who asks, in the tests of the client."""

import secrets

from sandbox.sentry import Sentry
from sandbox.sentry_model import MEMBER_SCOPES
from sandbox.sentry_records import Token, User
from sentry_api import Access


def person(sentry: Sentry, user: User, scopes: tuple[str, ...] = MEMBER_SCOPES) -> Access:
    """Return the access of somebody who signed in."""
    text, slug = secrets.token_hex(16), sentry.organization.slug
    sentry.state.tokens[text] = Token(frozenset(scopes), frozenset({slug}), user=user)
    return Access(sentry.url, slug, text)
