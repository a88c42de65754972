"""login.botframework.com: the metadata and the keys by which a bot verifies what the channel sends."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from aiohttp import web

from sandbox.service import Service
from sandbox.tokens import SigningKey, new_key

METADATA_PATH = "/v1/.well-known/openidconfiguration"
KEYS_PATH = "/v1/.well-known/keys"
_TEAMS = ("msteams", "skype", "cortana")
_ISSUERS = {"login.botframework.com": "https://api.botframework.com"}
_GOVERNMENT_ISSUER = "https://api.botframework.us"


class OpenId(Service):
    """The channel's key set. `teams_key` signs for Teams, `webchat_key` is listed but endorsed for others.

    `extra_entries` are listed before the real keys as they are: broken keys, keys of foreign kinds.
    """

    hosts = ("login.botframework.com", "login.botframework.azure.us")

    def __init__(self) -> None:
        super().__init__()
        self._generation = 1
        self.webchat_key = new_key("webchat-1", ("webchat", "directline"))
        self.teams_key = new_key("teams-1", _TEAMS)
        self.keys = [self.webchat_key, self.teams_key]
        self.extra_entries: list[dict[str, Any]] = []

    def rotate(self, *, keep_old: bool = False, endorsements: tuple[str, ...] | None = _TEAMS) -> SigningKey:
        """Signs with a new key from now on and returns the old one, which stays listed only if `keep_old`."""
        self._generation += 1
        old, self.teams_key = self.teams_key, new_key(f"teams-{self._generation}", endorsements)
        self.keys = [key for key in self.keys if keep_old or key is not old] + [self.teams_key]
        return old

    def endorse(self, endorsements: tuple[str, ...] | None) -> None:
        """Lists the Teams key with these endorsements; None leaves the list out."""
        endorsed = replace(self.teams_key, endorsements=endorsements)
        self.keys = [endorsed if key is self.teams_key else key for key in self.keys]
        self.teams_key = endorsed

    def list_broken_key(self) -> None:
        """Lists entries that no client can use before those that it can."""
        self.extra_entries += [{"kty": "RSA", "use": "sig", "kid": "broken", "n": "!", "e": "!"}, {"kty": "RSA"}]

    def key(self, kid: str) -> SigningKey | None:
        """The listed key of that id."""
        return next((key for key in self.keys if key.kid == kid), None)

    def reset(self) -> None:
        """As for every service; the key set is whole again, its keys stay."""
        super().reset()
        self.extra_entries.clear()
        self.keys = [self.webchat_key, self.teams_key]
        self.endorse(_TEAMS)

    def routes(self) -> Iterable[web.RouteDef]:
        """Metadata and key set."""
        return web.get(METADATA_PATH, self._metadata), web.get(KEYS_PATH, self._key_set)

    async def _metadata(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": _ISSUERS.get(request.host, _GOVERNMENT_ISSUER),
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"https://{request.host}{KEYS_PATH}",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def _key_set(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [*self.extra_entries, *(key.jwk() for key in self.keys)]})
