"""The practical limit: an aiohttp handler that does the same job with nothing in between, and stores nothing.

The token of each activity is verified, the card posted over pooled connections with a connector token that is kept.
"""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import jwt
import orjson
from aiohttp import ClientSession, TCPConnector, web

APP_ID, SECRET = os.environ["MicrosoftAppId"], os.environ["MicrosoftAppPassword"]  # noqa: SIM112
TENANT = os.environ["MicrosoftAppTenantId"]  # noqa: SIM112
METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUER = "https://api.botframework.com"
CARD = orjson.loads((Path(__file__).parent / "card.json").read_bytes())
ATTACHMENTS = [{"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}]
Json = dict[str, Any]


class Bot:
    """Verifies, and posts a card where it was installed."""

    def __init__(self) -> None:
        self._keys: dict[str, Any] = {}
        self._token, self._token_until = "", 0.0
        self._lock = asyncio.Lock()

    async def run(self, _: web.Application) -> Any:
        """Keep a session for as long as the application runs."""
        # Not trust_env, which reads the environment again for each request.
        proxy = os.environ.get("HTTPS_PROXY")
        async with ClientSession(connector=TCPConnector(limit=200), proxy=proxy) as self._session:
            yield

    async def messages(self, request: web.Request) -> web.Response:
        """Answer 201 to whatever is genuine."""
        activity: Json = orjson.loads(await request.read())
        try:
            claims = await self._claims(request.headers.get("Authorization", ""))
        except jwt.PyJWTError:
            return web.Response(status=401)
        if claims["serviceurl"] != activity["serviceUrl"] or activity["channelId"] != "msteams":
            return web.Response(status=401)
        if any(member["id"] == activity["recipient"]["id"] for member in activity.get("membersAdded", ())):
            await self._welcome(activity)
        return web.Response(status=201)

    async def _claims(self, header: str) -> Json:
        token = header.removeprefix("Bearer ")
        async with self._lock:
            if not self._keys:
                self._keys = await self._fetch_keys()
        key = self._keys.get(jwt.get_unverified_header(token).get("kid", ""))
        if key is None:
            raise jwt.InvalidKeyError
        claims: Json = jwt.decode(token, key, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER, leeway=300)
        return claims

    async def _fetch_keys(self) -> dict[str, Any]:
        async with self._session.get(METADATA) as answer:
            uri = (await answer.json())["jwks_uri"]
        async with self._session.get(uri) as answer:
            listed = (await answer.json())["keys"]
        return {key["kid"]: jwt.PyJWK(key, "RS256").key for key in listed if "msteams" in key.get("endorsements", ())}

    async def _welcome(self, activity: Json) -> None:
        sender, conversation = activity["recipient"], activity["conversation"]
        message = {"type": "message", "from": sender, "conversation": conversation, "attachments": ATTACHMENTS}
        url = f"{activity['serviceUrl'].rstrip('/')}/v3/conversations/{conversation['id']}/activities"
        headers = {"Authorization": await self._bearer(), "Content-Type": "application/json"}
        async with self._session.post(url, data=orjson.dumps(message), headers=headers) as answer:
            answer.raise_for_status()
            await answer.read()

    async def _bearer(self) -> str:
        async with self._lock:
            if time.monotonic() > self._token_until:
                await self._fetch_token()
        return self._token

    async def _fetch_token(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": APP_ID, "client_secret": SECRET}
        form["scope"] = "https://api.botframework.com/.default"
        url = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
        async with self._session.post(url, data=form) as answer:
            answer.raise_for_status()
            granted = await answer.json()
        self._token, self._token_until = (
            f"Bearer {granted['access_token']}",
            time.monotonic() + granted["expires_in"] - 300,
        )


def create_app() -> web.Application:
    """Return the application."""
    bot = Bot()
    app = web.Application()
    app.router.add_post("/api/messages", bot.messages)
    app.cleanup_ctx.append(bot.run)
    return app


if __name__ == "__main__":
    web.run_app(create_app(), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
