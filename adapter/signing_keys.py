"""The channel's signing keys, behind the SDK's own look-up.

The SDK fetches them with a blocking call, follows no rotation for a day and fails for good when the host is away.
This store takes its place through the SDK's `JwtTokenExtractor.metadataCache`; all that the SDK asks of an entry is
`await entry.get(key_id)`, with `.public_key` and `.endorsements` on what comes back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

import metrics
from adapter.http import read_at_most
from adapter.refusals import unauthorized, unavailable

FRESH_FOR = 12 * 3600.0
STALE_FOR = 5 * 24 * 3600.0
REFETCH_AFTER = 60.0
FETCH_WITHIN = 5.0
LARGEST_ANSWER = 1024 * 1024
# The SDK skips the endorsement check for a key that lists none; a name that no channel has keeps it from skipping.
UNENDORSED = ("none",)

log = structlog.get_logger(__name__)


class KeysUnreachable(Exception):
    """The key host did not give us a usable key set; the text says why."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of the channel, with the channels it may speak for; the names are the SDK's."""

    public_key: RSAPublicKey
    endorsements: tuple[str, ...]


class SigningKeys:
    """Keys by id: one fetch for all who wait, a background fetch before they age, stale keys through an outage.

    Limits: unknown ids cause at most one fetch a minute; keys are used for at most five days after they were
    fetched (Microsoft: bot-framework-rest-connector-authentication, "refresh at least every 24 hours" and
    "cache for up to five days"). clock: seconds. within: seconds that a fetch may take.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        metadata_url: str,
        clock: Callable[[], float],
        within: float = FETCH_WITHIN,
    ) -> None:
        self._session = session
        self._metadata_url = metadata_url
        self._clock = clock
        self._within = within
        self._keys: dict[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._tried_at = float("-inf")
        self._searched_at = float("-inf")
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, key_id: str) -> SigningKey:
        """Return the key; raises Refused: 401 when there is none of that id, 503 when there are no usable keys."""
        if self._age() > STALE_FOR:
            await self._fetch_or_unavailable()
        elif key_id not in self._keys:
            await self._search(key_id)
        elif self._age() > FRESH_FOR and self._clock() - self._tried_at >= REFETCH_AFTER:
            self._start_fetch()
        key = self._keys.get(key_id)
        if key is None:
            raise unavailable("signing_keys_unavailable") if self._failed else unauthorized("token_key_unknown")
        return key

    async def warm_up(self) -> None:
        """Fetch the keys before the first request needs them; a failure is left to that request."""
        if self._fetched_at is None:
            await self._fetch_quietly()

    async def close(self) -> None:
        """Stop a fetch that is under way, after a moment: cancelled while it connects, it would leave a socket open."""
        if self._fetching is not None:
            await asyncio.wait({self._fetching}, timeout=1.0)
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def ensure_usable(self) -> None:
        """Return when a token could be verified; raises Refused when the keys cannot be had."""
        if not self.usable:
            await self._fetch_or_unavailable()

    @property
    def usable(self) -> bool:
        """Say whether a token could be verified now without the key host."""
        return self._age() <= STALE_FOR

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._clock() - self._fetched_at

    async def _fetch_or_unavailable(self) -> None:
        if self._fetching is None and self._clock() - self._tried_at < REFETCH_AFTER / 12:
            raise unavailable("signing_keys_unavailable")
        try:
            await asyncio.shield(self._start_fetch())
        except KeysUnreachable:
            raise unavailable("signing_keys_unavailable") from None

    async def _search(self, key_id: str) -> None:
        """Look whether a key has come into the set: in the fetch under way, else by one fetch a minute."""
        if self._fetching is not None:
            await self._fetch_quietly()
        if key_id not in self._keys and self._clock() - self._searched_at >= REFETCH_AFTER:
            self._searched_at = self._clock()
            await self._fetch_quietly()

    async def _fetch_quietly(self) -> None:
        try:
            await asyncio.shield(self._start_fetch())
        except KeysUnreachable:
            return

    def _start_fetch(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._tried_at = self._clock()
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)
        return self._fetching

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._fetching = None
        error = None if task.cancelled() else task.exception()
        self._failed = error is not None
        metrics.key_fetch(failed=self._failed)
        if error is not None:
            log.error("signing keys could not be fetched", url=self._metadata_url, error=str(error))

    async def _fetch(self) -> None:
        self._keys = keys = await fetch_keys(self._session, self._metadata_url, self._within)
        self._fetched_at = self._clock()
        log.info("signing keys fetched", count=len(keys))


async def fetch_keys(
    session: aiohttp.ClientSession, metadata_url: str, within: float = FETCH_WITHIN
) -> dict[str, SigningKey]:
    """Return the channel's keys by id, as its OpenID metadata lists them now; raises KeysUnreachable."""
    try:
        async with asyncio.timeout(within):
            metadata = await _get_json(session, metadata_url)
            return parse_keys(await _get_json(session, _jwks_uri(metadata)))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise KeysUnreachable(f"{type(error).__name__}: {error}") from error


async def _get_json(session: aiohttp.ClientSession, url: str) -> Any:
    async with session.get(url, allow_redirects=False) as answer:
        answer.raise_for_status()
        if answer.status != 200:  # noqa: PLR2004
            raise ValueError(f"{url} answered {answer.status}")
        return orjson.loads(await read_at_most(answer.content, LARGEST_ANSWER))


def parse_keys(jwks: Any) -> dict[str, SigningKey]:
    """Return the usable RSA keys of a key set by id; a broken one is left out. Raises ValueError when none is left."""
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    keys = dict(entry for item in (listed if isinstance(listed, list) else []) if (entry := _parse_key(item)))
    if not keys:
        raise ValueError("the key set has no usable key")
    return keys


def _parse_key(item: Any) -> tuple[str, SigningKey] | None:
    try:
        key = jwt.PyJWK(item, algorithm="RS256").key
        key_id = item["kid"]
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError):
        return None
    if not isinstance(key, RSAPublicKey) or not isinstance(key_id, str):
        return None
    listed = item.get("endorsements")
    names = tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()
    return key_id, SigningKey(key, names or UNENDORSED)


def _jwks_uri(metadata: Any) -> str:
    uri = metadata.get("jwks_uri") if isinstance(metadata, dict) else None
    if not isinstance(uri, str) or not uri.startswith("https://"):
        raise ValueError("the OpenID metadata names no https jwks_uri")
    return uri
