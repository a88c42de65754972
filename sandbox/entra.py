"""login.microsoftonline.com: tenant discovery and the token endpoint that knows one bot registration."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox import entra_errors as refuse
from sandbox.entra_checks import check_assertion, check_grant
from sandbox.entra_errors import EntraError
from sandbox.service import Service
from sandbox.tokens import SigningKey, new_key, sign

PUBLIC, GOVERNMENT = "https://api.botframework.com", "https://api.botframework.us"
_AUDIENCES = {"login.microsoftonline.com": PUBLIC, "login.microsoftonline.us": GOVERNMENT}
# Where bots that are not single-tenant get their token, with the directory's id.
BOT_FRAMEWORK_TENANTS = {
    "botframework.com": "d6d49420-f39b-4df7-a1dc-d59a935871db",
    "MicrosoftServices.onmicrosoft.us": "cab8a31a-1906-4287-a0d8-4eef66b95f6e",
}


class TokenRefused(Exception):
    """A bearer token is not one that Entra issued to the bot for this audience; the text says why."""


class Entra(Service):
    """One registration: `app_id` with `secret` in `tenant_id` and, as a multi-tenant bot, in Bot Framework's tenants.

    `directories` maps the names and ids under which the registration is found to directory ids: discard the Bot
    Framework's to make the bot single-tenant. Assertions are refused unless their certificate is registered.
    `lifetime` is how long a token lives, in seconds; `clock` is what its expiry is checked against.
    """

    hosts = tuple(_AUDIENCES)

    def __init__(self, app_id: str, secret: str, tenant_id: str) -> None:
        super().__init__()
        self.app_id, self.tenant_id = app_id, tenant_id
        self.key = new_key("entra-1")
        self.certificates = dict[str, rsa.RSAPublicKey]()
        self._secret, self._generation = secret, 1
        self._restore()

    def _restore(self) -> None:
        self.secret, self.expired_secrets, self.lifetime = self._secret, set[str](), 3599
        self.directories = {self.tenant_id: self.tenant_id, **BOT_FRAMEWORK_TENANTS}
        self.token_requests = 0
        self.clock: Callable[[], float] = time.time
        self._verified: dict[str, dict[str, Any]] = {}

    def reset(self) -> None:
        """As for every service; registration, secret and lifetime are as at the start, certificates are gone."""
        super().reset()
        self.certificates.clear()
        self._restore()

    def register(self, certificate: x509.Certificate) -> None:
        """The bot may sign its assertions with this certificate's key from now on."""
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise TypeError("Entra takes RSA certificates only")
        for algorithm in (hashes.SHA1(), hashes.SHA256()):  # noqa: S303 - thumbprints are SHA-1 by tradition
            self.certificates[certificate.fingerprint(algorithm).hex().upper()] = key

    def rotate(self) -> None:
        """Signs with a new key; tokens issued so far are worth nothing any more."""
        self._generation += 1
        self.key = new_key(f"entra-{self._generation}")
        self._verified.clear()

    def token(
        self, *, audience: str = PUBLIC, tenant_id: str = "", key: SigningKey | None = None, **claims: Any
    ) -> str:
        """A token for the bot, as issued. Claims replace the usual ones; a claim of None is left out."""
        now, tenant = int(time.time()), tenant_id or self.tenant_id
        usual = {"aud": audience, "iss": f"https://sts.windows.net/{tenant}/", "iat": now, "nbf": now - 300}
        usual |= {"exp": now + self.lifetime, "appid": self.app_id, "appidacr": "1", "tid": tenant, "ver": "1.0"}
        signer = key or self.key
        return sign({**usual, **claims}, signer, kid=signer.kid)

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token that the bot may use at `audience`; raises TokenRefused."""
        claims = self._verified.get(token) or self._decode(token)
        if claims["exp"] <= self.clock():
            raise TokenRefused("expired")
        if claims["aud"] != audience:
            raise TokenRefused(f"audience is {claims['aud']}")
        if claims.get("appid") != self.app_id:
            raise TokenRefused(f"issued to {claims.get('appid')}")
        self._verified[token] = claims
        return claims

    def _decode(self, token: str) -> dict[str, Any]:
        options: Any = {"require": ["exp", "aud"], "verify_aud": False, "verify_exp": False}
        try:
            claims: dict[str, Any] = jwt.decode(token, self.key.private.public_key(), ["RS256"], options)
        except jwt.PyJWTError as error:
            raise TokenRefused(str(error)) from error
        return claims

    def routes(self) -> Iterable[web.RouteDef]:
        """Discovery of the cloud and of a tenant, the key set and the token endpoint."""
        yield web.get("/common/discovery/instance", self._instance)
        yield web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery)
        yield web.get("/{tenant}/discovery/v2.0/keys", self._key_set)
        yield web.post("/{tenant}/oauth2/v2.0/token", self._token_endpoint)

    async def _instance(self, request: web.Request) -> web.Response:
        """MSAL asks for the cloud's other names before it looks into its cache a second time."""
        names = {"preferred_network": request.host, "preferred_cache": request.host, "aliases": [request.host]}
        discovery = f"https://{request.host}/common/v2.0/.well-known/openid-configuration"
        answer = {"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": [names]}
        return web.json_response(answer)

    async def _discovery(self, request: web.Request) -> web.Response:
        tenant = request.match_info["tenant"]
        # Bot Framework's own directories are there, whether the bot is registered in them or not.
        there = {**BOT_FRAMEWORK_TENANTS, **self.directories}
        known = {**there, **{id_: id_ for id_ in there.values()}, "common": "common"}
        if tenant not in known:
            return refuse.unknown_tenant(tenant).response()
        base = f"https://{request.host}/{known[tenant]}"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
            }
        )

    async def _key_set(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.jwk()]})

    async def _token_endpoint(self, request: web.Request) -> web.Response:
        self.token_requests += 1
        form = {name: str(value) for name, value in (await request.post()).items()}
        audience = _AUDIENCES.get(request.host, PUBLIC)
        try:
            tenant = self._directory(request.match_info["tenant"], form)
            check_grant(form, audience, tenant)
            self._check_credential(form, f"https://{request.host}{request.path}")
        except EntraError as error:
            return error.response()
        token = self.token(audience=audience, tenant_id=tenant)
        lifetime = self.lifetime
        answer = {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}
        return web.json_response(answer)

    def _directory(self, tenant: str, form: Mapping[str, str]) -> str:
        known = {**self.directories, **{id_: id_ for id_ in self.directories.values()}}
        home = known.get(tenant)
        client = form.get("client_id", "")
        if home is None and tenant in {*BOT_FRAMEWORK_TENANTS, *BOT_FRAMEWORK_TENANTS.values()}:
            raise refuse.unknown_application(client, "Bot Framework")
        if home is None:
            raise refuse.unknown_tenant(tenant)
        if client != self.app_id:
            raise refuse.unknown_application(client, tenant)
        return home

    def _check_credential(self, form: Mapping[str, str], endpoint: str) -> None:
        if "client_assertion" in form:
            check_assertion(form["client_assertion"], self.app_id, endpoint, self.certificates)
        elif not form.get("client_secret"):
            raise refuse.no_credential()
        elif form["client_secret"] in self.expired_secrets:
            raise refuse.expired_secret(self.app_id)
        elif form["client_secret"] != self.secret:
            raise refuse.wrong_secret(self.app_id)
