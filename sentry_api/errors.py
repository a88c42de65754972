"""What can go wrong between the bot and a Sentry installation."""

from collections.abc import Mapping
from types import MappingProxyType


class SentryError(Exception):
    """Base of all. `detail` is Sentry's own sentence, or what happened on the way; it never holds the token.

    `may_have_happened`: a change was asked for, and nobody knows whether Sentry made it (look before trying again).
    """

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.may_have_happened = False


class WrongToken(SentryError):
    """401: Sentry does not know the token, or no longer."""


class MissingPermission(SentryError):
    """403: the token is known and may not do this, for want of a permission or because it belongs elsewhere."""


class NotFound(SentryError):
    """404: there is no such thing in that Sentry, or none that this token may know of."""


class UnknownOrganization(NotFound):
    """404: there is no such organization in that Sentry."""


class SentryUnreachable(SentryError):
    """No connection, or it broke before the answer was complete."""


class SentryResting(SentryUnreachable):
    """Sentry failed so often that it is left alone for `retry_after` seconds: nothing was sent."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"left alone for {retry_after:.0f} s after many failures")
        self.retry_after = retry_after


class SentrySlow(SentryError):
    """No complete answer within the time limit."""


class SentryAnswer(SentryError):
    """Any other answer, as well as one that makes no sense. `status` is the HTTP status."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status

    def __str__(self) -> str:
        return f"{self.status} {self.detail}".strip()


class SentryRejected(SentryAnswer):
    """400, 409, 413, 422: Sentry refuses what was asked.

    `detail` can be shown to people; `fields` are the sentences by the name of the field ("statusDetails.inRelease").
    """

    def __init__(self, status: int, detail: str = "", fields: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(status, detail)
        self.fields = fields


class SentryBusy(SentryAnswer):
    """429: too many requests; Sentry asks to come back in `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: float) -> None:
        super().__init__(429, detail)
        self.retry_after = retry_after


class SignInRefused(SentryError):
    """The sign-in gave no token. `error` is OAuth's word for it, like invalid_grant or access_denied."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(detail or error)
        self.error = error


class SentryNotListed(SentryError):
    """The address is not one of the Sentry installations that the bot may talk to: nothing was sent."""
