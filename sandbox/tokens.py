"""RSA signing keys and the tokens made with them, including the ones nobody should accept."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key as an OpenID provider holds it. `endorsements`: the channels it may speak for, None for no such list."""

    kid: str
    private: rsa.RSAPrivateKey
    endorsements: tuple[str, ...] | None = None

    def jwk(self) -> dict[str, Any]:
        """The public half as it stands in a JSON Web Key Set."""
        parts: dict[str, Any] = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        listed = {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": parts["n"], "e": parts["e"]}
        return listed if self.endorsements is None else listed | {"endorsements": list(self.endorsements)}

    def public_pem(self) -> bytes:
        """The public half as PEM: what an attacker uses as HMAC secret."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def new_key(kid: str, endorsements: tuple[str, ...] | None = None) -> SigningKey:
    """A fresh 2048-bit key; takes about 0.1 s."""
    return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048), endorsements)


def sign(claims: Mapping[str, Any], key: SigningKey | bytes, *, kid: str | None, alg: str = "RS256") -> str:
    """A JSON Web Token. Claims that are None are left out; `kid` None leaves the header without one.

    alg: RS*/PS* with a SigningKey, "none", or HS* with any bytes (PyJWT would not sign with a public key).
    """
    present = {name: value for name, value in claims.items() if value is not None}
    headers = {"kid": kid} if kid is not None else {}
    if isinstance(key, bytes):
        return _hmac_token(present, key, {"typ": "JWT", "alg": alg, **headers})
    return jwt.encode(present, "" if alg == "none" else key.private, algorithm=alg, headers=headers)


def _hmac_token(claims: Mapping[str, Any], secret: bytes, header: Mapping[str, str]) -> str:
    signed = b".".join(_base64url(orjson.dumps(part)) for part in (header, claims))
    digest = hmac.new(secret, signed, getattr(hashlib, header["alg"].replace("HS", "sha"))).digest()
    return (signed + b"." + _base64url(digest)).decode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
