"""Why something did not work, in a sentence for people."""

from sentry_api import (
    MissingPermission,
    NotFound,
    SentryBusy,
    SentryError,
    SentryRejected,
    SentryResting,
    SentrySlow,
    SentryUnreachable,
    WrongToken,
)
from texts import marked

_OURS: tuple[tuple[type[SentryError], str], ...] = (
    (WrongToken, marked("Sentry no longer accepts this connection's token. Send “setup” to repair it.")),
    (SentryBusy, marked("Sentry has too many requests just now; try again in a minute.")),
    (SentryResting, marked("Sentry has not answered for a while; try again in a minute.")),
    (SentrySlow, marked("Sentry did not answer in time.")),
    (SentryUnreachable, marked("Sentry cannot be reached just now.")),
    (NotFound, marked("There is no such issue in Sentry, or it may not be seen with this access.")),
)


def reason(error: SentryError) -> tuple[str, bool]:
    """Return the sentence, and whether it is Sentry's own; ours are marked, to be said in the reader's language."""
    if error.may_have_happened:
        text = marked("Nobody knows whether Sentry did it: its answer got lost. What you see here is how it is now.")
        return text, False
    if isinstance(error, SentryRejected | MissingPermission) and error.detail:
        return error.detail, True
    known = next((text for kind, text in _OURS if isinstance(error, kind)), "")
    return (known, False) if known else (error.detail or marked("no reason given"), bool(error.detail))
