from typing import Any

import aiohttp
import jwt
import pytest

from sandbox.microsoft import Microsoft
from sandbox.tokens import new_key


async def listed(session: aiohttp.ClientSession, host: str = "login.botframework.com") -> list[dict[str, Any]]:
    async with session.get(f"https://{host}/v1/.well-known/openidconfiguration") as response:
        metadata = await response.json()
    async with session.get(metadata["jwks_uri"]) as response:
        keys: list[dict[str, Any]] = (await response.json())["keys"]
        return keys


def verified(token: str, keys: list[dict[str, Any]], app_id: str) -> dict[str, Any]:
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(key for key in keys if key.get("kid") == kid)
    claims: dict[str, Any] = jwt.decode(token, jwt.PyJWK(key, "RS256").key, ["RS256"], audience=app_id)
    return claims


async def test_the_channels_token_verifies_with_a_listed_and_endorsed_key(
    ms: Microsoft, session: aiohttp.ClientSession
) -> None:
    keys = await listed(session)
    claims = verified(ms.channel.token(), keys, ms.app_id)
    assert (claims["iss"], claims["serviceurl"]) == ("https://api.botframework.com", ms.service_url)
    assert [key["kid"] for key in keys if "msteams" in key["endorsements"]] == [ms.openid.teams_key.kid]
    assert ms.openid.requests == {"/v1/.well-known/openidconfiguration": 1, "/v1/.well-known/keys": 1}


async def test_the_government_has_its_own_provider(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    assert await listed(session, "login.botframework.azure.us") == await listed(session)
    assert ms.connections["login.botframework.azure.us"] == 1


async def test_a_rotated_key_is_no_longer_listed_unless_kept(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    before = ms.channel.token()
    old = ms.openid.rotate()
    keys = await listed(session)
    assert old.kid not in [key["kid"] for key in keys]
    assert verified(ms.channel.token(), keys, ms.app_id)
    with pytest.raises(StopIteration):
        verified(before, keys, ms.app_id)
    kept = ms.openid.rotate(keep_old=True)
    assert kept.kid in [key["kid"] for key in await listed(session)]


async def test_keys_can_be_listed_without_endorsements_and_broken(
    ms: Microsoft, session: aiohttp.ClientSession
) -> None:
    ms.openid.endorse(None)
    ms.openid.list_broken_key()
    keys = await listed(session)
    assert keys[0]["kid"] == "broken"
    assert "endorsements" not in next(key for key in keys if key.get("kid") == ms.openid.teams_key.kid)
    ms.reset()
    assert all("endorsements" in key for key in await listed(session))


def test_tokens_nobody_should_accept_can_be_made(ms: Microsoft) -> None:
    pem = ms.openid.teams_key.public_pem()
    none = ms.channel.token(alg="none")
    confused = ms.channel.token(alg="HS256", key=pem)
    assert jwt.get_unverified_header(none)["alg"] == "none"
    assert none.endswith(".")
    assert jwt.get_unverified_header(confused) == {
        "typ": "JWT", "alg": "HS256", "kid": ms.openid.teams_key.kid
    }  # fmt: skip
    assert "kid" not in jwt.get_unverified_header(ms.channel.token(kid=None))
    assert jwt.get_unverified_header(ms.channel.token(kid="unknown"))["kid"] == "unknown"
    bare = jwt.decode(ms.channel.token(exp=None, serviceurl=None), options={"verify_signature": False})
    assert not {"exp", "serviceurl"} & bare.keys()


async def test_forged_and_webchats_tokens_are_what_they_say(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    keys = await listed(session)
    forged = ms.channel.token(key=new_key("x"), kid=ms.openid.teams_key.kid)
    with pytest.raises(jwt.InvalidSignatureError):
        verified(forged, keys, ms.app_id)
    assert verified(ms.channel.token(kid=ms.openid.webchat_key.kid), keys, ms.app_id)
