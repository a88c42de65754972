"""Five minutes of skew, to the second."""

import pytest

from adapter.channel_token import inspect
from adapter.refusals import Refused
from sandbox.tokens import new_key
from tests.adapter.draft import seal

NOW = 1_800_000_000
KEY = new_key("key-1")


def judged(**claims: object) -> str:
    """The reason for which a token with these times is refused now, "" when it is not."""
    text = seal(KEY, {"iss": "issuer", "aud": "app", "serviceurl": "x", "exp": NOW + 3600, **claims})
    try:
        token = inspect(f"Bearer {text}", issuer="issuer", app_id="app", now=NOW)
    except Refused as refusal:
        return refusal.reason
    return "" if token.text == text else "another token"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": NOW - 299}, ""),
        ({"exp": NOW - 300}, "token_expired"),
        ({"nbf": NOW + 300}, ""),
        ({"nbf": NOW + 301}, "token_not_yet_valid"),
        ({"exp": NOW - 299, "nbf": NOW + 300}, ""),
    ],
)
def test_the_edges(claims: dict[str, object], reason: str) -> None:
    assert judged(**claims) == reason
