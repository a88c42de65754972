"""Rules that turn one setting's text into a value; each adds what is wrong to `problems` and goes on."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
HIGHEST_PORT = 65535
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class SentryClient:
    """The bot as an OAuth application of the Sentry at `sentry_url`."""

    sentry_url: str
    client_id: str
    client_secret: str = field(repr=False)


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


def sentry_clients(name: str, text: str, sentry_urls: Sequence[str], problems: list[str]) -> tuple[SentryClient, ...]:
    """Return the applications in {"https://sentry.io": {"client_id": …, "client_secret": …}}; () when it is empty."""
    if not text.strip():
        return ()
    try:
        clients = tuple(_sentry_client(url, fields) for url, fields in json.loads(text).items())
    except (ValueError, AttributeError, KeyError, TypeError):
        problems.append(f'{name} must be JSON like {{"https://sentry.io": {{"client_id": "…", "client_secret": "…"}}}}')
        return ()
    unknown = [client.sentry_url for client in clients if client.sentry_url not in sentry_urls]
    problems += [f"{name}: {url!r} is not among SENTRY_URLS" for url in unknown]
    return clients


def _sentry_client(url: str, fields: dict[str, str]) -> SentryClient:
    client_id, secret = fields["client_id"].strip(), fields["client_secret"].strip()
    if not client_id or not secret:
        raise ValueError(url)
    return SentryClient(url.strip().rstrip("/"), client_id, secret)
