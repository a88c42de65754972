"""Readers of single values in Sentry's JSON: whatever is missing, null or of another type reads as "nothing"."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST_LINE = 500
LONGEST_TEXT = 4000
LONGEST_ADDRESS = 2000
MOST_ITEMS = 200
_ID = re.compile(r"[0-9]{1,20}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_LARGEST = 2**63


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any, most: int = MOST_ITEMS) -> list[Any]:
    """Return the first `most` items of the list, or none."""
    return value[:most] if isinstance(value, list) else []


def line(value: Any, longest: int = LONGEST_LINE) -> str:
    """Return the text on one line, without control characters; "" when it is no text."""
    if not isinstance(value, str):
        return ""
    # Cut before the work: a hostile title may be a megabyte of spaces.
    words = " ".join(value[: longest * 4].split())
    return "".join(character for character in words if character.isprintable())[:longest]


def paragraph(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Return the text with its line breaks, without other control characters; "" when it is no text."""
    if not isinstance(value, str):
        return ""
    kept = "".join(character for character in value[: longest * 2] if character == "\n" or character.isprintable())
    return kept.strip()[:longest]


def identifier(value: Any) -> str:
    """Return a numeric id, which Sentry sends as a number or as text; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value) if isinstance(value, str) or 0 <= value < _LARGEST else ""
    return text if _ID.fullmatch(text) else ""


def key(value: Any) -> str:
    """Return a slug, a UUID or another name that is safe in a path; "" for anything else."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else ""


def count(value: Any) -> int | None:
    """Return a whole number that is not negative, given as a number or in digits; else None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    digits = identifier(value)
    return int(digits) if digits and int(digits) < _LARGEST else None


def number(value: Any) -> float | None:
    """Return any finite number; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def flag(value: Any) -> bool | None:
    """Return the boolean; else None."""
    return value if isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """Return the time, from ISO 8601 or from seconds since 1970; UTC where no zone is given; else None."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value[:40])
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        seconds = number(value)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
