"""A request as the Teams channel makes it, and what can be done to it before it is sent."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.microsoft import Microsoft
from sandbox.places import new_personal_chat
from sandbox.teams import install_personal
from sandbox.tokens import SigningKey

TYPE = "Content-Type"
LENGTH = "Content-Length"


@dataclass
class Draft:
    """One request. None in `headers`, `claims` or `head` leaves the entry out; `body` and `token` replace what
    would be made of `activity` and of `claims`."""

    microsoft: Microsoft
    activity: dict[str, Any] = field(default_factory=lambda: install_personal(new_personal_chat()))
    start: str = "POST /api/messages HTTP/1.1"
    headers: dict[str, str | None] = field(default_factory=lambda: {TYPE: "application/json; charset=utf-8"})
    more_headers: list[bytes] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    body: bytes | None = None

    def wire(self) -> bytes:
        """Return the request's bytes."""
        body = orjson.dumps(self.activity) if self.body is None else self.body
        made = {
            "Host": "127.0.0.1",
            "Authorization": f"Bearer {self.signed() if self.token is None else self.token}",
            LENGTH: str(len(body)),
            "Connection": "close",
            **self.headers,
        }
        lines = [f"{name}: {value}".encode() for name, value in made.items() if value is not None]
        return b"\r\n".join([self.start.encode(), *lines, *self.more_headers, b"", body])

    def signed(self, **changes: Any) -> str:
        """Return the channel's token for this request, with changes to Channel.token's arguments."""
        return self.microsoft.channel.token(**{**self.usual_claims(), **changes})

    def usual_claims(self) -> dict[str, Any]:
        """Return what the channel would claim, changed by `claims`."""
        now = int(time.time())
        usual = {"aud": self.microsoft.app_id, "iss": "https://api.botframework.com", "nbf": now, "exp": now + 3600}
        return {**usual, "serviceurl": self.activity.get("serviceUrl"), **self.claims}


Change: TypeAlias = Callable[[Draft], None]


def seal(
    key: SigningKey, claims: Mapping[str, Any] | bytes, head: Mapping[str, Any] | bytes = b"", **head_changes: Any
) -> str:
    """Return a token with exactly this head and these claims, truly signed by `key` with RS256, whatever they say."""
    usual = {"typ": "JWT", "alg": "RS256", "kid": key.kid, **head_changes}
    parts = (head or {name: value for name, value in usual.items() if value is not ...}, claims)
    signed = b".".join(base64url(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts)
    return (signed + b"." + base64url(key.private.sign(signed, PKCS1v15(), SHA256()))).decode()


def base64url(data: bytes) -> bytes:
    """Return base64 as tokens are written."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def start(line: str) -> Change:
    """Another request line."""
    return lambda draft: setattr(draft, "start", line)


def method(name: str) -> Change:
    """Another method."""
    return start(f"{name} /api/messages HTTP/1.1")


def header(name: str, value: str | None) -> Change:
    """Another value for a header; None: without it."""
    return lambda draft: draft.headers.update({name: value})


def also(*lines: bytes) -> Change:
    """More header lines, as they are."""
    return lambda draft: draft.more_headers.extend(lines)


def authorization(value: str) -> Change:
    """Another Authorization header; "{token}" stands for the good token."""
    return lambda draft: draft.headers.update({"Authorization": value.replace("{token}", draft.signed())})


def claims(**changed: Any) -> Change:
    """Other claims, signed by the channel; times are numbers of seconds from now when they are given as `In`."""

    def change(draft: Draft) -> None:
        draft.claims.update({name: _at(value) for name, value in changed.items()})
        draft.token = seal(draft.microsoft.openid.teams_key, _without_ellipsis(draft.usual_claims()))

    return change


@dataclass(frozen=True)
class In:
    """So many seconds from now, as a token counts time; `as_` makes something else of the number."""

    seconds: float
    as_: Callable[[float], Any] = int


def _at(value: Any) -> Any:
    return value.as_(time.time() + value.seconds) if isinstance(value, In) else value


def _without_ellipsis(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ...}


def head(**changed: Any) -> Change:
    """Another head of the token, signed by the channel; `...` leaves an entry out."""

    def change(draft: Draft) -> None:
        draft.token = seal(draft.microsoft.openid.teams_key, draft.usual_claims(), **changed)

    return change


def token(make: Callable[[Draft], str]) -> Change:
    """Another token."""
    return lambda draft: setattr(draft, "token", make(draft))


def signed(**arguments: Any) -> Change:
    """A token by Channel.token with these arguments."""
    return token(lambda draft: draft.signed(**arguments))


def body(data: bytes) -> Change:
    """Another body, with its true length."""
    return lambda draft: setattr(draft, "body", data)


def text_of(change: Callable[[bytes], bytes]) -> Change:
    """The good body, changed as bytes."""
    return lambda draft: setattr(draft, "body", change(orjson.dumps(draft.activity)))


def value(path: str, new: Any) -> Change:
    """Another value in the activity at a dotted path; `...` leaves it out."""

    def change(draft: Draft) -> None:
        *way, last = path.split(".")
        holder = draft.activity
        for step in way:
            holder = holder.setdefault(step, {})
        holder[last] = new
        if new is ...:
            del holder[last]

    return change


def service_url(url: Any) -> Change:
    """Another service URL, in the activity and in the token alike."""

    def change(draft: Draft) -> None:
        draft.activity["serviceUrl"] = url
        draft.claims["serviceurl"] = url

    return change
