"""What the buttons of a card carry: which issue they are about, and in which place they may be pressed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from model import Place

_SALT = "sentry-teams-bot.issue-actions"
_LONGEST = 260
_PARTS = 3


class TokenForged(Exception):
    """The token was changed, was signed by somebody else, or belongs to a card of another place."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The issue (Sentry's id) that a card is about, and the organization (our id) it belongs to."""

    organization_id: int
    issue_id: str


class ActionTokens:
    """Issues and reads tokens. `keys`: the first signs, all of them are accepted.

    A token grants nothing by itself: whoever presses still needs rights of their own, and the organization must be
    connected to the place of the click. So it needs no end, and a copy of it does no harm.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        # itsdangerous signs with the last key of a list.
        options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._serializer = URLSafeSerializer(list(reversed(keys)), salt=_SALT, signer_kwargs=options)

    def issue(self, subject: Subject, place: Place) -> str:
        """Return the token for a card about `subject` that is shown in `place`."""
        signed: str = self._serializer.dumps([subject.organization_id, subject.issue_id, _digest(place)])
        return signed

    def read(self, token: str, place: Place) -> Subject:
        """Return what the token of a card pressed in `place` is about; raises TokenForged."""
        if not 0 < len(token) <= _LONGEST:
            raise TokenForged
        try:
            parts = self._serializer.loads(token)
        except (BadData, UnicodeError) as error:
            raise TokenForged from error
        if not isinstance(parts, list) or len(parts) != _PARTS or parts[2] != _digest(place):
            raise TokenForged
        return Subject(int(parts[0]), str(parts[1]))


def _digest(place: Place) -> str:
    """Return a short name of the place: ids of conversations are too long for a token."""
    named = f"{place.tenant_id}\n{place.place_id}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(named, digest_size=12).hexdigest()
