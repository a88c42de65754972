"""What a check of the doctor says."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Status(StrEnum):
    """How bad it is. SKIPPED: there was nothing to look at, or no way to."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the doctor's table: what was found, what it means, what to do. The last two may be empty."""

    check: str
    status: Status
    found: str
    means: str = ""
    do: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the finding as plain JSON."""
        return {name: str(value) for name, value in asdict(self).items()}


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, Status.OK, found)


def warning(check: str, found: str, means: str, do: str) -> Finding:
    """It works, and may not for long, or not for everybody."""
    return Finding(check, Status.WARNING, found, means, do)


def failed(check: str, found: str, means: str, do: str) -> Finding:
    """The bot does not work because of this."""
    return Finding(check, Status.FAILED, found, means, do)


def skipped(check: str, found: str, do: str = "") -> Finding:
    """Nothing was looked at."""
    return Finding(check, Status.SKIPPED, found, "", do)
