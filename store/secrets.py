"""Secrets at rest: Fernet, by keys derived from SECRET_KEY."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.errors import SecretUnreadable

PURPOSE = b"secrets stored in the database, version 1"


class Cipher:
    """Encrypts by the first key, decrypts by any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("the store needs at least one key to encrypt secrets with")
        fernets = [Fernet(_derive(key)) for key in keys]
        self._first = fernets[0]
        self._fernet = MultiFernet(fernets)

    def encrypt(self, secret: str) -> str:
        """Return `secret` as text that tells nothing without the key."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return what was given to `encrypt`; raises SecretUnreadable when none of the keys fits."""
        try:
            return self._fernet.decrypt(encrypted).decode()
        except InvalidToken:
            raise SecretUnreadable("a stored secret was encrypted by a key that is no longer configured") from None

    def renew(self, encrypted: str) -> str | None:
        """Return the same secret, encrypted by the first key; None when it is. Raises SecretUnreadable."""
        try:
            self._first.decrypt(encrypted)
        except InvalidToken:
            return self.encrypt(self.decrypt(encrypted))
        return None


def _derive(key: str) -> bytes:
    return urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode()))
