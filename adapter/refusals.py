"""Why a request to the bot was refused, and what the caller is told."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Refused(Exception):
    """The request is not served.

    status: the HTTP status. reason: a short word for log and metrics. problem: what the caller may read.
    """

    status: int
    reason: str
    problem: str
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.reason}"


def malformed(reason: str, problem: str) -> Refused:
    """The body is no activity."""
    return Refused(400, reason, problem)


def unauthorized(reason: str) -> Refused:
    """The caller did not prove to be the channel; the answer does not say which proof failed."""
    return Refused(401, reason, "the token is missing or not valid for this bot", {"WWW-Authenticate": "Bearer"})


def forbidden(reason: str, problem: str) -> Refused:
    """The caller is known and may not do this."""
    return Refused(403, reason, problem)


def unavailable(reason: str, retry_after: int = 5) -> Refused:
    """A service that we need does not answer; the channel should send this again after `retry_after` seconds."""
    return Refused(503, reason, "try again later", {"Retry-After": str(retry_after)})
