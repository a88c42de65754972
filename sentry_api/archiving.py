"""How long an issue stays archived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

LONGEST_WINDOW = 7 * 24 * 60
_CONDITION = "archived_until_condition_met"


def _require(value: int | None, most: int | None = None) -> None:
    if value is not None and (value < 1 or (most is not None and value > most)):
        raise ValueError(f"from 1 to {most}" if most else "at least 1")


@dataclass(frozen=True, slots=True)
class UntilEscalating:
    """Until Sentry finds that it happens much more often than forecast."""

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"substatus": "archived_until_escalating", "statusDetails": {}}


@dataclass(frozen=True, slots=True)
class Forever:
    """Until somebody changes it."""

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"substatus": "archived_forever", "statusDetails": {}}


@dataclass(frozen=True, slots=True)
class ForMinutes:
    """Until that many minutes have passed."""

    minutes: int

    def __post_init__(self) -> None:
        _require(self.minutes)

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        return {"substatus": _CONDITION, "statusDetails": {"ignoreDuration": self.minutes}}


@dataclass(frozen=True, slots=True)
class UntilEvents:
    """Until that many more events; within `minutes` (at most a week) if given."""

    events: int
    minutes: int | None = None

    def __post_init__(self) -> None:
        _require(self.events)
        _require(self.minutes, LONGEST_WINDOW)

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        window = {"ignoreWindow": self.minutes} if self.minutes else {}
        return {"substatus": _CONDITION, "statusDetails": {"ignoreCount": self.events, **window}}


@dataclass(frozen=True, slots=True)
class UntilUsers:
    """Until that many more users are affected; within `minutes` (at most a week) if given."""

    users: int
    minutes: int | None = None

    def __post_init__(self) -> None:
        _require(self.users)
        _require(self.minutes, LONGEST_WINDOW)

    @property
    def body(self) -> Mapping[str, object]:
        """Its part of the request."""
        window = {"ignoreUserWindow": self.minutes} if self.minutes else {}
        return {"substatus": _CONDITION, "statusDetails": {"ignoreUserCount": self.users, **window}}


ArchiveUntil: TypeAlias = UntilEscalating | Forever | ForMinutes | UntilEvents | UntilUsers
