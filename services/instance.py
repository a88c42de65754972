"""Proof that an address is answered by this very bot: whoever asks brings a nonce, and compares the answer."""

import hmac
import re
from collections.abc import Sequence
from hashlib import scrypt, sha256

NONCE = re.compile(r"[0-9a-f]{32,64}")
_SALT = b"sentry-teams-bot: which instance is this, version 1"


class Instance:
    """Answers nonces by the first of SECRET_KEY, and knows answers by any of them.

    An answer is worth nothing anywhere else: its key is derived for this purpose alone, and slowly (scrypt, 16 MB), so
    that answers do not help to guess even a poor SECRET_KEY. The derivation blocks for about 50 ms, once.
    """

    def __init__(self, keys: Sequence[str], app_id: str | None) -> None:
        self._secrets = tuple(keys)
        self._app_id = app_id or "local mode"
        self._derived: dict[str, bytes] = {}

    def answer(self, nonce: str) -> str:
        """Return what only a bot with this app id and SECRET_KEY can answer to `nonce`."""
        return self._answer(self._secrets[0], nonce)

    def knows(self, nonce: str, answer: str) -> bool:
        """Say whether `answer` comes from a bot with this app id and one of these keys."""
        return any(hmac.compare_digest(self._answer(secret, nonce), answer) for secret in self._secrets)

    def _answer(self, secret: str, nonce: str) -> str:
        if secret not in self._derived:
            self._derived[secret] = scrypt(secret.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=32)
        return hmac.new(self._derived[secret], f"{self._app_id} {nonce}".encode(), sha256).hexdigest()
