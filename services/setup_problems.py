"""Why a setup link does not open the setup, and why a setup could not be finished."""

from enum import StrEnum

from model import Connection


class LinkUnknown(Exception):
    """The link is genuine, but the bot is not (or no longer) in that place."""


class LinkReplaced(Exception):
    """A newer link was issued for that place."""


class LinkUsed(Exception):
    """A setup was finished with this link. `connection` is what the place is connected to now, if anything."""

    def __init__(self, connection: Connection | None) -> None:
        super().__init__()
        self.connection = connection


class ProblemKind(StrEnum):
    """What stands in the way of finishing a setup."""

    UNKNOWN_SENTRY = "unknown_sentry"
    INVALID_ORGANIZATION = "invalid_organization"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - the name of a problem
    INVALID_SECRET = "invalid_secret"  # noqa: S105 - the name of a problem
    MISSING_SECRET = "missing_secret"  # noqa: S105 - the name of a problem
    WEBHOOK_ELSEWHERE = "webhook_elsewhere"
    WRONG_TOKEN = "wrong_token"  # noqa: S105 - the name of a problem
    MISSING_PERMISSION = "missing_permission"
    UNKNOWN_ORGANIZATION = "unknown_organization"
    SENTRY_UNREACHABLE = "sentry_unreachable"
    SENTRY_SLOW = "sentry_slow"
    SENTRY_BUSY = "sentry_busy"
    SENTRY_ANSWER = "sentry_answer"


class SetupProblem(Exception):
    """The setup was not finished and the link still works. `detail` is for the log: never a secret."""

    def __init__(self, kind: ProblemKind, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = detail
