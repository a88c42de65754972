"""Rules that turn one setting's text into a value; each adds what is wrong to `problems` and goes on."""

import re
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
HIGHEST_PORT = 65535
Choice = TypeVar("Choice", bound=StrEnum)


def choice(kind: type[Choice], name: str, text: str, default: Choice, problems: list[str]) -> Choice:
    """Return the member of `kind` that `text` names, whatever its case; `default` when it is empty."""
    for member in kind:
        if text.strip().lower() == member.value.lower():
            return member
    if text.strip():
        problems.append(f"{name} is {text!r}; it must be one of {', '.join(kind)}")
    return default


def number(name: str, text: str, default: int, highest: int, problems: list[str]) -> int:
    """Return `text` as a whole number from 0 to `highest`."""
    if not text.strip():
        return default
    if len(text) <= len(str(highest)) + 2 and text.strip().isdecimal() and int(text) <= highest:
        return int(text)
    problems.append(f"{name} is {text!r}; it must be a whole number up to {highest}")
    return default


def words(text: str) -> list[str]:
    """Split at commas and white space, in order, each once."""
    return list(dict.fromkeys(part for part in re.split(r"[,\s]+", text) if part))


def url(name: str, text: str, problems: list[str], *, plain_http: bool) -> str:
    """Return an address like https://host[:port][/path] without a trailing slash."""
    address = text.strip().rstrip("/")
    if not _is_address(address):
        problems.append(f"{name}: {text!r} is not an address like https://host")
    elif urlsplit(address).scheme == "http" and not plain_http and urlsplit(address).hostname not in LOOPBACK:
        problems.append(f"{name}: {text!r} must start with https://")
    return address


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        extras = parts.query or parts.fragment or parts.username is not None or parts.port == 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not extras


def guids(name: str, texts: list[str], problems: list[str]) -> frozenset[str]:
    """Return the ids in lower case."""
    problems += [f"{name}: {text!r} is not a GUID" for text in texts if not GUID.fullmatch(text)]
    return frozenset(text.lower() for text in texts)
