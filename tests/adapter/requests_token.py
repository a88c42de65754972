"""Requests whose Authorization is odd or hostile. The bodies are good; where the text says "signed", it truly is."""

from typing import Any

import jwt
from botframework.connector.auth import EmulatorValidation
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from sandbox.tokens import new_key
from tests.adapter.draft import Change, Draft, In, authorization, claims, head, header, seal, signed, token
from tests.adapter.request_row import Row, row

TENANT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
EMULATOR_ISSUERS = tuple(EmulatorValidation.TO_BOT_FROM_EMULATOR_TOKEN_VALIDATION_PARAMETERS.issuer)
NO_IDS: tuple[Any, ...] = ("", None, 1, ["teams-1"], {})
ATTACKER = new_key("attacker-1", ("msteams",))


def signed_by_another_kind(algorithm: str) -> Change:
    """A token signed with a key of another kind, under the channel's key id."""
    keys: dict[str, Any] = {
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }

    def make(draft: Draft) -> str:
        kid = draft.microsoft.openid.teams_key.kid
        return jwt.encode(draft.usual_claims(), keys[algorithm], algorithm, headers={"kid": kid})

    return token(make)


def by_attacker(**changed: Any) -> Change:
    """A token that the attacker has signed, with changes to its head."""
    return token(lambda draft: seal(ATTACKER, draft.usual_claims(), **changed))


def by_webchat(**changed: Any) -> Change:
    """A token signed with the key that the channel keeps for Web Chat."""
    return token(lambda draft: seal(draft.microsoft.openid.webchat_key, draft.usual_claims(), **changed))


def under_the_channels_id(draft: Draft) -> None:
    """The attacker's signature under the id of the channel's key."""
    draft.token = seal(ATTACKER, draft.usual_claims(), kid=draft.microsoft.openid.teams_key.kid)


def hmac_with_public_key(draft: Draft) -> None:
    """The oldest trick: the public key as the secret of an HMAC."""
    draft.token = draft.signed(alg="HS256", key=draft.microsoft.openid.teams_key.public_pem())


def sealed(claims_text: bytes, head_text: bytes = b"") -> Change:
    """A token with this text for its claims, or for its head."""
    return token(lambda draft: seal(draft.microsoft.openid.teams_key, claims_text, head_text))


def entra(**changed: Any) -> Change:
    """A token that Entra has signed."""
    return token(lambda draft: draft.microsoft.entra.token(**changed))


def unsigned(text: str) -> str:
    """Return a token without its signature."""
    return text.rpartition(".")[0]


def spoilt(position: int) -> Change:
    """The good token with another letter at a position."""

    def make(draft: Draft) -> str:
        text = draft.signed()
        return text[:position] + ("A" if text[position] != "A" else "B") + text[position:][1:]

    return token(make)


def old_signature(draft: Draft) -> str:
    """Claims that live for ever, with the signature of others."""
    lasting = seal(ATTACKER, {**draft.usual_claims(), "exp": 2**40}, kid=draft.microsoft.openid.teams_key.kid)
    return f"{unsigned(lasting)}.{draft.signed().rpartition('.')[2]}"


def one_part_more(draft: Draft) -> str:
    return draft.signed() + ".x"


HEADER = (
    row("no Authorization", 401, "no_bearer_token", header("Authorization", None)),
    row("an empty Authorization", 401, "no_bearer_token", authorization("")),
    row("Basic", 401, "no_bearer_token", authorization("Basic {token}")),
    row("the token alone", 401, "no_bearer_token", authorization("{token}")),
    row("a tab after Bearer", 401, "no_bearer_token", authorization("Bearer\t{token}")),
    row("Bearer alone", 401, "token_not_a_jwt", authorization("Bearer")),
    row("two spaces", 401, "token_not_a_jwt", authorization("Bearer  {token}")),
    row("Bearer twice", 401, "token_not_a_jwt", authorization("Bearer Bearer {token}")),
    row("two tokens", 401, "token_not_a_jwt", authorization("Bearer {token}, Bearer {token}")),
    row("a token in quotes", 401, "token_not_a_jwt", authorization('Bearer "{token}"')),
    row("a letter outside of ASCII", 401, "token_not_a_jwt", authorization("Bearer {token}é")),
    row("bearer", 201, "", authorization("bearer {token}")),
    row("BEARER", 201, "", authorization("BEARER {token}")),
)
SHAPE = (
    row("a.b.c", 401, "token_not_a_jwt", authorization("Bearer a.b.c")),
    row("two dots", 401, "token_not_a_jwt", authorization("Bearer ..")),
    row("garbage", 401, "token_not_a_jwt", authorization("Bearer garbage")),
    row("two parts", 401, "token_not_a_jwt", token(lambda draft: unsigned(draft.signed()))),
    row("no signature", 401, "token_not_a_jwt", token(lambda draft: f"{unsigned(draft.signed())}.")),
    row("four parts", 401, "token_not_a_jwt", token(one_part_more)),
    row("five parts, as if encrypted", 401, "token_not_a_jwt", token(lambda draft: one_part_more(draft) + ".y")),
    row("padding", 401, "token_not_a_jwt", token(lambda draft: draft.signed() + "==")),
    row("the other base64", 401, "token_not_a_jwt", token(lambda draft: draft.signed().replace("_", "/"))),
    row("junk that decoders skip", 401, "token_not_a_jwt", token(lambda draft: draft.signed() + "!")),
    row("spare bits that decoders ignore", 401, "token_not_a_jwt", token(lambda draft: draft.signed()[:-1] + "_")),
    row("claims that are a list", 401, "token_not_a_jwt", sealed(b"[]")),
    row("claims that are a text", 401, "token_not_a_jwt", sealed(b'"claims"')),
    row("claims that are no JSON", 401, "token_not_a_jwt", sealed(b"{")),
    row("claims with NaN", 401, "token_not_a_jwt", sealed(b'{"exp": NaN}')),
    row("claims that are nested deep", 401, "token_not_a_jwt", sealed(b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}")),
    row("claims in UTF-16", 401, "token_not_a_jwt", sealed("{}".encode("utf-16"))),
    row("a head that is a list", 401, "token_not_a_jwt", sealed(b"{}", b'["RS256"]')),
    row("a token of 7 kB", 401, "token_issuer", claims(iss="x" * 5000)),
    row("a token of 9 kB", 400, None, claims(iss="x" * 7000)),
)
ALGORITHMS = (
    row("none", 401, "token_algorithm", signed(alg="none")),
    *(row(f"{name} for none", 401, "token_algorithm", head(alg=name)) for name in ("None", "NONE", "nOnE", "")),
    row("HS256 with the public key", 401, "token_algorithm", hmac_with_public_key),
    *(row(name, 401, "token_algorithm", signed(alg=name)) for name in ("RS384", "RS512", "PS256")),
    *(row(name, 401, "token_algorithm", signed_by_another_kind(name)) for name in ("ES256", "EdDSA")),
    row("rs256, signed", 401, "token_algorithm", head(alg="rs256")),
    row("RS256 in a list, signed", 401, "token_algorithm", head(alg=["RS256"])),
    row("no algorithm, signed", 401, "token_algorithm", head(alg=...)),
    row("an algorithm that is null, signed", 401, "token_algorithm", head(alg=None)),
    row("the last of two algorithms counts", 401, "token_algorithm", sealed(b"{}", b'{"alg":"RS256","alg":"none"}')),
)
KEYS = (
    row("no key id, signed", 401, "token_without_key_id", head(kid=...)),
    *(row(f"{kid!r} as key id", 401, "token_without_key_id", head(kid=kid)) for kid in NO_IDS),
    *(
        row(f"{kid[:20]!r} as key id", 401, "token_key_unknown", head(kid=kid))
        for kid in (
            "unknown",
            "../../etc/passwd",
            "' OR 1=1 --",
            "teams-1\0",
            "TEAMS-1",
            " teams-1",
            "ключ",
            "k" * 4000,
        )
    ),
    row("the attacker's key under its own id", 401, "token_key_unknown", by_attacker()),
    row("the attacker's key under the channel's id", 401, "token_InvalidSignatureError", under_the_channels_id),
    row("the attacker's key in the head", 401, "token_key_unknown", by_attacker(jwk=ATTACKER.jwk())),
    row("an address of keys in the head", 401, "token_key_unknown", by_attacker(jku="https://evil.example/keys")),
    row("a certificate in the head", 401, "token_key_unknown", by_attacker(x5u="https://evil.example", x5c=["MII="])),
    row("a key of another channel", 403, "endorsement", by_webchat()),
    row("a key of another channel, asking for Teams", 403, "endorsement", by_webchat(endorsements=["msteams"])),
    row("something critical, signed", 401, "token_critical_header", head(crit=["exp"])),
    row("an empty list of what is critical, signed", 401, "token_critical_header", head(crit=[])),
    row("an unencoded payload, signed", 401, "token_critical_header", head(b64=False, crit=["b64"])),
    row("what nobody needs in the head, signed", 201, "", head(cty="JWT", jku="https://evil.example", zip="DEF")),
)
SIGNATURES = (
    row("another letter in the head", 401, "token_algorithm", spoilt(3)),
    row("other claims under the old signature", 401, "token_InvalidSignatureError", token(old_signature)),
    row("another letter in the signature", 401, "token_InvalidSignatureError", spoilt(-300)),
    row(
        "a signature of one byte",
        401,
        "token_InvalidSignatureError",
        token(lambda draft: f"{unsigned(draft.signed())}.AA"),
    ),
)
ISSUERS = (
    *(
        row(f"the issuer {issuer!r}, signed", 401, "token_issuer", claims(iss=issuer))
        for issuer in (
            "https://api.botframework.com/",
            "https://API.botframework.com",
            "http://api.botframework.com",
            " https://api.botframework.com",
            "https://api.botframework.us",
            "https://evil.example",
            ["https://api.botframework.com"],
            {"iss": "https://api.botframework.com"},
            "",
            None,
            0,
            ...,
        )
    ),
    *(row(f"the Emulator's issuer {issuer}", 401, "token_issuer", claims(iss=issuer)) for issuer in EMULATOR_ISSUERS),
    row("the bot's own outbound token", 401, "token_issuer", entra()),
    row(
        "the bot's own token of the Bot Framework's tenant",
        401,
        "token_issuer",
        entra(tenant_id=EMULATOR_ISSUERS[0][24:-1]),
    ),
    row("a token of our secret for ourselves", 401, "token_issuer", entra(aud="11111111-2222-3333-4444-555555555555")),
    row("such a token of version 2", 401, "token_issuer", entra(ver="2.0", azp="11111111-2222-3333-4444-555555555555")),
    row("another bot's token, as of a skill", 401, "token_issuer", entra(appid="99999999-2222-3333-4444-555555555555")),
)
AUDIENCES = (
    *(
        row(f"the audience {audience!r}, signed", 401, "token_audience", claims(aud=audience))
        for audience in (
            "99999999-2222-3333-4444-555555555555",
            " 11111111-2222-3333-4444-555555555555",
            "{11111111-2222-3333-4444-555555555555}",
            ["11111111-2222-3333-4444-555555555555"],
            ["11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"],
            "https://api.botframework.com",
            "",
            None,
            1,
            ...,
        )
    ),
    row(
        "the claims of a skill, signed",
        401,
        "token_PermissionError",
        claims(ver="1.0", appid="99999999-2222-3333-4444"),
    ),
)
TIMES = (
    *(
        row(f"an expiry that is {what}, signed", 401, "token_times", claims(exp=expiry))
        for what, expiry in (
            ("missing", ...),
            ("null", None),
            ("true", True),
            ("a float", In(3600, float)),
            ("a text", In(3600, lambda at: str(int(at)))),
            ("a list", In(3600, lambda at: [int(at)])),
            ("greater than any number", 2**64),
            ("infinite in spirit", 1e308),
        )
    ),
    row("no times at all, signed", 401, "token_times", claims(exp=..., nbf=...)),
    *(row(f"expired {-by} s ago", 401, "token_expired", claims(exp=In(by))) for by in (-302, -3600)),
    *(row(f"the expiry {at}", 401, "token_expired", claims(exp=at)) for at in (0, -1, -(2**63))),
    *(
        row(f"expired {-by} s ago, by a clock that is off", 201, "", claims(exp=In(by), nbf=In(-999)))
        for by in (-1, -297)
    ),
    row("an expiry in the far future", 201, "", claims(exp=2**53)),
    *(row(f"not before {by} s from now", 401, "token_not_yet_valid", claims(nbf=In(by))) for by in (303, 86_400)),
    *(row(f"not before {by} s from now, by a clock that is off", 201, "", claims(nbf=In(by))) for by in (2, 297)),
    row("no not-before", 201, "", claims(nbf=...)),
    *(row(f"{nbf!r} as not-before", 401, "token_times", claims(nbf=nbf)) for nbf in (None, True, 1.5, "0", [0])),
    row("issued in the future", 401, "token_ImmatureSignatureError", claims(iat=In(3600))),
    row("issued at no time", 401, "token_InvalidIssuedAtError", claims(iat="yesterday")),
)
SERVICE_URLS = (
    *(
        row(f"{url!r} as claim", 401, "token_service_url", claims(serviceurl=url))
        for url in (
            f"https://smba.trafficmanager.net/emea/{TENANT}/",
            f"https://smba.trafficmanager.net/amer/{TENANT}",
            f"https://SMBA.trafficmanager.net/amer/{TENANT}/",
            f"https://smba.trafficmanager.net/amer/{TENANT}/ ",
            [f"https://smba.trafficmanager.net/amer/{TENANT}/"],
            "https://evil.example/",
            "",
            None,
            ...,
        )
    ),
    row(
        "the claim in another case",
        401,
        "token_service_url",
        claims(serviceurl=..., serviceUrl="https://evil.example/"),
    ),
)


ROWS: tuple[Row, ...] = HEADER + SHAPE + ALGORITHMS + KEYS + SIGNATURES + ISSUERS + AUDIENCES + TIMES + SERVICE_URLS
