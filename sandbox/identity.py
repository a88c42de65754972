"""The managed identity endpoint that App Service gives to an app."""

import secrets
import time
from collections.abc import Iterable

from aiohttp import web

from sandbox.entra import PUBLIC, Entra
from sandbox.service import Service

PATH = "/msi/token"
DATABASE = "https://ossrdbms-aad.database.windows.net"


class ManagedIdentity(Service):
    """Hands out tokens for the user-assigned identity whose client id is the bot's app id."""

    hosts = ("127.0.0.1",)

    def __init__(self, entra: Entra) -> None:
        super().__init__()
        self._entra = entra
        self.header = secrets.token_hex(16)

    def routes(self) -> Iterable[web.RouteDef]:
        """The one operation there is."""
        yield web.get(PATH, self._token)

    async def _token(self, request: web.Request) -> web.Response:
        asked = request.query
        if request.headers.get("X-IDENTITY-HEADER") != self.header:
            return _refusal(401, "Unauthorized")
        if asked.get("api-version") != "2019-08-01" or asked.get("resource") not in {PUBLIC, DATABASE}:
            return _refusal(500, "An unexpected error occured while fetching the AAD Token.")
        if asked.get("client_id") != self._entra.app_id:
            return _refusal(400, f"No User Assigned or Delegated Managed Identity found for {dict(asked)}")
        token = self._entra.token(audience=asked["resource"])
        expires = int(time.time()) + self._entra.lifetime
        answer = {
            "access_token": token,
            "expires_on": str(expires),
            "resource": asked["resource"],
            "token_type": "Bearer",
        }
        return web.json_response(answer | {"client_id": self._entra.app_id})


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"statusCode": status, "message": message}, status=status)
