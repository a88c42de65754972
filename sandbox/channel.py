"""The channel's signature: the token that comes with every activity."""

import time
from typing import Any

from sandbox.openid import OpenId
from sandbox.tokens import SigningKey, sign


class Channel:
    """Signs as the Teams channel does."""

    def __init__(self, openid: OpenId, app_id: str, service_url: str) -> None:
        self._openid = openid
        self._app_id = app_id
        self._service_url = service_url

    def token(
        self,
        *,
        kid: str | None = "",
        alg: str = "RS256",
        key: SigningKey | bytes | None = None,
        **claims: Any,
    ) -> str:
        """A token for the bot. Claims replace the usual ones; a claim of None is left out.

        kid "" is the id of the key that signs, None leaves it out. The key: `key`, else the listed one of id `kid`,
        else the Teams key.
        """
        now = int(time.time())
        usual = {"serviceurl": self._service_url, "nbf": now, "exp": now + 3600, "iss": "https://api.botframework.com"}
        signer = key or self._openid.key(kid or "") or self._openid.teams_key
        own_kid = signer.kid if isinstance(signer, SigningKey) else self._openid.teams_key.kid
        return sign({**usual, "aud": self._app_id, **claims}, signer, kid=own_kid if kid == "" else kid, alg=alg)
