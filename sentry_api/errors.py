"""What can go wrong between the bot and a Sentry installation."""


class SentryError(Exception):
    """Base of all. `detail` is Sentry's own sentence, or what happened on the way; it never holds the token."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class WrongToken(SentryError):
    """401: Sentry does not know the token."""


class MissingPermission(SentryError):
    """403: the token is known and may not do this, for want of a permission or because it belongs elsewhere."""


class UnknownOrganization(SentryError):
    """404: there is no such organization in that Sentry."""


class SentryUnreachable(SentryError):
    """No connection, or it broke before the answer was complete."""


class SentrySlow(SentryError):
    """No complete answer within the time limit."""


class SentryAnswer(SentryError):
    """Any other answer, as well as one that makes no sense. `status` is the HTTP status."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status

    def __str__(self) -> str:
        return f"{self.status} {self.detail}".strip()


class SentryNotListed(SentryError):
    """The address is not one of the Sentry installations that the bot may talk to: nothing was sent."""
