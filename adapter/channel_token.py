"""What the channel's token must look like before anybody spends time on its signature."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from adapter.refusals import unauthorized

CLOCK_SKEW = 300
LONGEST_TOKEN = 16 * 1024
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class ChannelToken:
    """An unverified token: the text after "Bearer", its times (epoch seconds), the service URL it names."""

    text: str
    not_before: int
    expires_at: int
    service_url: str | None


def inspect(header: str | None, *, issuer: str, app_id: str, now: float) -> ChannelToken:
    """Check everything about an Authorization header but the signature; raises Refused (401).

    Microsoft's list is in bot-docs, bot-framework-rest-connector-authentication. Stricter here: RS256 only, and `exp`
    is required, since the SDK does not ask for it.
    """
    token = _read(_bearer(header), issuer, app_id)
    if token.expires_at <= now - CLOCK_SKEW:
        raise unauthorized("token_expired")
    if token.not_before > now + CLOCK_SKEW:
        raise unauthorized("token_not_yet_valid")
    return token


@lru_cache(maxsize=MOST_KEPT)  # the channel uses a token for many requests
def _read(text: str, issuer: str, app_id: str) -> ChannelToken:
    head, _, rest = text.partition(".")
    payload, _, signature = rest.partition(".")
    _check_head(_segment(head))
    claims = _segment(payload)
    _decoded(signature)
    if claims.get("iss") != issuer:
        raise unauthorized("token_issuer")
    if claims.get("aud") != app_id:
        raise unauthorized("token_audience")
    expires_at, not_before = claims.get("exp"), claims.get("nbf", 0)
    if type(expires_at) is not int or type(not_before) is not int:
        raise unauthorized("token_times")
    service_url = claims.get("serviceurl")
    return ChannelToken(text, not_before, expires_at, service_url if isinstance(service_url, str) else None)


def _bearer(header: str | None) -> str:
    scheme, _, text = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized("no_bearer_token")
    if not text or " " in text or len(text) > LONGEST_TOKEN:
        raise unauthorized("token_not_a_jwt")
    return text


def _segment(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(_decoded(text))
    except orjson.JSONDecodeError:
        raise unauthorized("token_not_a_jwt") from None
    if not isinstance(value, dict):
        raise unauthorized("token_not_a_jwt")
    return value


def _decoded(text: str) -> bytes:
    # The decoder skips what is not in its alphabet and ignores spare bits: one token would have many spellings.
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise unauthorized("token_not_a_jwt") from None
    if not data or urlsafe_b64encode(data).rstrip(b"=") != text.encode():
        raise unauthorized("token_not_a_jwt")
    return data


def _check_head(head: dict[str, Any]) -> None:
    if head.get("alg") != "RS256":
        raise unauthorized("token_algorithm")
    if "crit" in head or "b64" in head:
        raise unauthorized("token_critical_header")
    if not isinstance(head.get("kid"), str) or not head["kid"]:
        raise unauthorized("token_without_key_id")
