"""Whose webhook is it? Found by its signature, before anything in it is read."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sentry_api.webhooks import verify_signature
from store import AlertStore, Signer

KEPT_FOR = 30.0
"""Seconds after which the secrets are read again."""

ASKED_AGAIN_AFTER = 1.0
"""Seconds after which they are read again because a signature fits none: a setup may just have been finished."""

MOST_GUESSES = 32
LARGE = 64 * 1024
# Only a hint as to which secret to try first; what counts is the signature.
_INSTALLATION = re.compile(rb'"installation"\s*:\s*\{\s*"uuid"\s*:\s*"([0-9A-Za-z-]{8,64})"')
_FIELD = re.compile(rb'"installationId"\s*:\s*"([0-9A-Za-z-]{8,64})"')


@dataclass(frozen=True, slots=True)
class Verified:
    """Whose secret signed something. `sure`: it is certain that the webhook is about them.

    One integration can be installed in several organizations, and then has one secret for all.

    Several are in different tenants that connected the same organization.
    """

    signers: tuple[Signer, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody's secret signed it. `known`: whose installation it names; `secrets`: how many secrets there are."""

    installation: str
    known: tuple[Signer, ...]
    secrets: int


class Signers:
    """The organizations' secrets, kept in memory for a moment."""

    def __init__(self, store: AlertStore) -> None:
        self._store = store
        self._signers: list[Signer] = []
        self._read_at = -KEPT_FOR
        self._reading = asyncio.Lock()

    async def verify(self, body: bytes, signature: str | None, installation: str = "") -> Verified | Refused:
        """Find whose secret signed these bytes; raises StoreError.

        installation: what a request without a body names.
        """
        named = installation or _named(body)
        for age in (KEPT_FOR, ASKED_AGAIN_AFTER):
            signers = await self._known(age)
            found = await _signed_by(signers, body, signature, named)
            if found is not None:
                return found
        known = tuple(signer for signer in self._signers if signer.integration_uuid == named and named)
        return Refused(named, known, len(self._signers))

    def outdated(self) -> None:
        """Read the secrets again before the next check."""
        self._read_at = -KEPT_FOR

    async def _known(self, age: float) -> Sequence[Signer]:
        async with self._reading:
            if time.monotonic() - self._read_at >= age:
                self._signers = await self._store.signers()
                self._read_at = time.monotonic()
            return self._signers


def _named(body: bytes) -> str:
    found = _INSTALLATION.search(body) or _FIELD.search(body)
    return found[1].decode() if found else ""


async def _signed_by(signers: Sequence[Signer], body: bytes, signature: str | None, named: str) -> Verified | None:
    if not signature:
        return None
    if len(body) > LARGE:
        return await asyncio.to_thread(_check, signers, body, signature, named)
    return _check(signers, body, signature, named)


def _check(signers: Sequence[Signer], body: bytes, signature: str, named: str) -> Verified | None:
    """Try those first whose installation is named: one secret may sign for several organizations."""
    known = [signer for signer in signers if named and signer.integration_uuid == named]
    fitting = _fitting(known, body, signature)
    if fitting:
        return Verified(tuple(fitting), sure=True)
    others = [signer for signer in signers if signer.integration_uuid is None or signer not in known]
    fitting = _fitting(sorted(others, key=lambda signer: signer.integration_uuid is not None), body, signature)
    if not fitting:
        return None
    is_one = len({(signer.sentry_url, signer.slug) for signer in fitting}) == 1
    return Verified(tuple(fitting), sure=is_one and all(signer.integration_uuid is None for signer in fitting))


def _fitting(signers: Sequence[Signer], body: bytes, signature: str) -> list[Signer]:
    secrets = list(dict.fromkeys(signer.client_secret for signer in signers))[:MOST_GUESSES]
    right = next((secret for secret in secrets if verify_signature(secret, body, signature)), None)
    return [signer for signer in signers if signer.client_secret == right] if right else []
