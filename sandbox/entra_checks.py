"""What Entra checks in a token request by client credentials."""

from collections.abc import Mapping

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_decode

from sandbox import entra_errors as refuse

_OPENID_SCOPES = ("openid", "profile", "offline_access")


def check_grant(form: Mapping[str, str], audience: str, tenant: str) -> None:
    """Raises EntraError unless `form` asks for the bot's scope by client credentials."""
    for name in ("grant_type", "scope"):
        if name not in form:
            raise refuse.missing_parameter(name)
    if form["grant_type"] != "client_credentials":
        raise refuse.wrong_grant()
    scopes = [scope for scope in form["scope"].split() if scope not in _OPENID_SCOPES]
    for scope in scopes:
        if not scope.endswith("/.default"):
            raise refuse.scope_without_default(scope)
    if scopes != [f"{audience}/.default"]:
        raise refuse.unknown_resource(" ".join(scopes).removesuffix("/.default"), tenant)


def check_assertion(assertion: str, app_id: str, endpoint: str, certificates: Mapping[str, rsa.RSAPublicKey]) -> None:
    """Raises EntraError unless `assertion` is signed by one of `certificates` (by thumbprint) for this endpoint."""
    thumbprint = _thumbprint(assertion)
    key = certificates.get(thumbprint)
    if key is None:
        raise refuse.unregistered_certificate(thumbprint)
    try:
        claims = jwt.decode(assertion, key, ["RS256", "PS256"], audience=endpoint, issuer=app_id)
    except jwt.PyJWTError as error:
        raise refuse.bad_assertion(str(error)) from error
    if claims.get("sub") != app_id:
        raise refuse.bad_assertion("sub is not the application")


def _thumbprint(assertion: str) -> str:
    """The certificate's thumbprint in the assertion's header, in hexadecimal capitals."""
    try:
        header = jwt.get_unverified_header(assertion)
        return base64url_decode(header.get("x5t") or header.get("x5t#S256") or "").hex().upper()
    except (jwt.PyJWTError, ValueError) as error:
        raise refuse.bad_assertion(str(error)) from error
