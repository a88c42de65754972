"""Sentry's sign-in: a page to approve on, the token endpoint with PKCE, revocation, and whose token it is."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from yarl import URL

from sandbox.sentry_html import document
from sandbox.sentry_model import SentryState
from sandbox.sentry_records import OAuthApplication, Token, User, now

CODE_LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Code:
    """What a person approved."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    user: User
    expires: datetime = field(default_factory=lambda: now() + CODE_LASTS)


class SignIn:
    """The endpoints under /oauth/. `lasts`: how long a token is good for."""

    def __init__(self, state: SentryState) -> None:
        self.state = state
        self.lasts = TOKEN_LASTS
        self._codes: dict[str, Code] = {}

    def routes(self) -> Iterable[web.RouteDef]:
        yield web.get("/oauth/authorize/", self.ask)
        yield web.post("/oauth/authorize/", self.answer)
        yield web.post("/oauth/token/", self.token)
        yield web.post("/oauth/revoke/", self.revoke)
        yield web.get("/oauth/userinfo/", self.userinfo)

    async def ask(self, request: web.Request) -> web.Response:
        """The page on which a person approves; the stand-in lets them choose who they are."""
        if problem := self._wrong(request.query):
            return _invalid(problem)
        shown = {
            "application": self.state.applications[request.query["client_id"]],
            "scopes": request.query.get("scope", ""),
            "asked": list(request.query.items()),
            "people": [(user.id, user.name) for user in self.state.users.values()],
        }
        return document("Sign in", shown, "sign_in.html")

    async def answer(self, request: web.Request) -> web.Response:
        """The person's answer: back to where they came from."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if problem := self._wrong(form):
            return _invalid(problem)
        back = URL(form["redirect_uri"])
        state = {"state": form["state"]} if form.get("state") else {}
        if form.get("op") != "approve":
            raise web.HTTPFound(back.update_query({"error": "access_denied", **state}))
        code, scopes = secrets.token_hex(32), frozenset(form.get("scope", "").split())
        user = self.state.users[form["user"]]
        challenge = form.get("code_challenge", "")
        self._codes[code] = Code(form["client_id"], form["redirect_uri"], scopes, challenge, user)
        raise web.HTTPFound(back.update_query({"code": code, **state}))

    def _wrong(self, asked: Mapping[str, str]) -> str:
        application = self.state.applications.get(asked.get("client_id", ""))
        if application is None:
            return "client_id"
        if not any(asked.get("redirect_uri", "").startswith(start) for start in application.redirects):
            return "redirect_uri"
        if asked.get("response_type") != "code":
            return "response_type"
        return "" if asked.get("code_challenge_method", "S256") == "S256" else "code_challenge_method"

    async def token(self, request: web.Request) -> web.Response:
        """POST /oauth/token/: a code or a refresh token for an access token."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self._application(form) is None:
            return _error("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form)
        return _error("unsupported_grant_type")

    def _exchange(self, form: Mapping[str, str]) -> web.Response:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.client_id != form["client_id"] or code.expires < now():
            return _error("invalid_grant")
        if code.redirect_uri != form.get("redirect_uri"):
            return _error("invalid_grant")
        if code.challenge and code.challenge != _challenge(form.get("code_verifier", "")):
            return _error("invalid_grant")
        return self._granted(code.user, code.scopes)

    def _refresh(self, form: Mapping[str, str]) -> web.Response:
        access = self.state.refresh_tokens.pop(form.get("refresh_token", ""), "")
        token = self.state.tokens.pop(access, None)
        if token is None or token.user is None:
            return _error("invalid_grant")
        return self._granted(token.user, token.scopes)

    def _granted(self, user: User, scopes: frozenset[str]) -> web.Response:
        access, refresh = secrets.token_hex(32), secrets.token_hex(32)
        slugs = frozenset(slug for slug, tenant in self.state.tenants.items() if tenant.member_of(user))
        self.state.tokens[access] = Token(scopes, slugs, user=user, expires=now() + self.lasts)
        self.state.refresh_tokens[refresh] = access
        granted: dict[str, Any] = {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": int(self.lasts.total_seconds()),
            "expires_at": (now() + self.lasts).isoformat(),
            "token_type": "bearer",
            "scope": " ".join(sorted(scopes)),
            "user": {"id": user.id, "name": user.name, "email": user.email},
        }
        return web.json_response(granted)

    async def revoke(self, request: web.Request) -> web.Response:
        """POST /oauth/revoke/: 200 whether the token was known or not."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self._application(form) is None:
            return _error("invalid_client", 401)
        token = form.get("token", "")
        pairs = [
            (refresh, access) for refresh, access in self.state.refresh_tokens.items() if token in (refresh, access)
        ]
        for refresh, access in pairs:
            del self.state.refresh_tokens[refresh]
            self.state.tokens.pop(access, None)
        return web.Response()

    async def userinfo(self, request: web.Request) -> web.Response:
        """GET /oauth/userinfo/: the person behind a token with the scope openid."""
        token = self.state.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if token is None or token.user is None:
            return _error("invalid_token", 401)
        if "openid" not in token.scopes:
            return _error("insufficient_scope", 403)
        return web.json_response({"sub": token.user.id, "name": token.user.name, "email": token.user.email})

    def _application(self, form: Mapping[str, str]) -> OAuthApplication | None:
        application = self.state.applications.get(form.get("client_id", ""))
        known = application and hmac.compare_digest(application.client_secret, form.get("client_secret", ""))
        return application if known else None


def _invalid(parameter: str) -> web.Response:
    return document("Sign in", {"text": f"Missing or invalid {parameter} parameter."}, status=400)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _error(name: str, status: int = 400) -> web.Response:
    return web.json_response({"error": name}, status=status)
