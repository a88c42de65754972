"""The signed setup link: everything a setup needs to know about its installation, signed and dated."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import orjson
from itsdangerous import BadData, Serializer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode, want_bytes

from model import Installation, Place, PlaceKind

Clock = Callable[[], datetime]
LIFETIME = timedelta(hours=24)
_SALT = "sentry-teams-bot.setup-link"
_LONGEST = 6000
_WORTH_COMPRESSING = 1024


class LinkExpired(Exception):
    """The link is ours, and older than 24 hours."""


class LinkTampered(Exception):
    """The link is incomplete, was changed, or was signed with a key that we do not know."""


@dataclass(frozen=True, slots=True)
class SetupParameters:
    """What the link carries. `nonce` binds it to one installation and makes it die when a newer link is issued."""

    external_id: str
    external_name: str
    installation_type: PlaceKind
    service_url: str
    user_id: str
    conversation_id: str
    tenant_id: str
    nonce: str


_NAMES = tuple(field.name for field in fields(SetupParameters))


class _Json:
    """orjson for itsdangerous, whose own JSON takes ten times as long."""

    loads = staticmethod(orjson.loads)

    @staticmethod
    def dumps(value: object) -> str:
        return orjson.dumps(value).decode()


class _Serializer(URLSafeTimedSerializer):
    """Compresses only what is long: on the way of an install, compressing would cost more than all else of a link."""

    def dump_payload(self, obj: Any) -> bytes:
        plain = Serializer.dump_payload(self, obj)
        return base64_encode(plain) if len(plain) < _WORTH_COMPRESSING else super().dump_payload(obj)


class _ClockedSigner(TimestampSigner):
    """Dates signatures by the clock that it is given, not by the machine's, and keeps the keys that it derives."""

    def __init__(self, *args: Any, clock: Clock, derived: dict[bytes, bytes], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock
        self._derived = derived

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        secret = self.secret_keys[-1] if secret_key is None else want_bytes(secret_key)
        if secret not in self._derived:
            self._derived[secret] = super().derive_key(secret)
        return self._derived[secret]


class SetupLinks:
    """Issues and reads setup links. `keys`: the first signs, all of them are accepted."""

    def __init__(self, keys: Sequence[str], public_url: str, clock: Clock) -> None:
        # itsdangerous signs with the last key of a list, our settings name the signing key first.
        self._serializer = _Serializer(
            list(reversed(keys)),
            salt=_SALT,
            serializer=_Json,
            signer=_ClockedSigner,
            signer_kwargs={"clock": clock, "derived": {}, "digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    @property
    def webhook_url(self) -> str:
        """The address that an integration in Sentry sends its webhooks to."""
        return f"{self._public_url}/sentry/webhook"

    def issue(self, installation: Installation) -> str:
        """Return the address of the setup page for this installation; valid while its `setup_nonce` stays the same."""
        signed = self._serializer.dumps(parameters_of(installation))
        return f"{self._public_url}/setup?signed_params={signed}"  # its alphabet needs no quoting

    def read(self, signed: str) -> SetupParameters:
        """Return the parameters in a link; raises LinkTampered or LinkExpired."""
        if not 0 < len(signed) <= _LONGEST:
            raise LinkTampered
        try:
            carried, issued_at = self._serializer.loads(signed, return_timestamp=True)
            parameters = _parameters_from(carried)
        except (BadData, TypeError, ValueError) as error:
            raise LinkTampered from error
        # Not itsdangerous' max_age: that refuses a link from another machine whose clock is a second ahead of ours.
        if self._clock() - issued_at > LIFETIME:
            raise LinkExpired
        return parameters


def parameters_of(installation: Installation) -> SetupParameters:
    """Return the link's parameters for an installation, which must have a setup_nonce."""
    if installation.setup_nonce is None:
        raise ValueError(f"installation {installation.id} has no nonce for a setup link")
    external_id, external_name = _external(installation)
    return SetupParameters(
        external_id=external_id,
        external_name=external_name,
        installation_type=installation.place.kind,
        service_url=installation.conversation.service_url,
        user_id=installation.user_id,
        conversation_id=installation.conversation.conversation_id,
        tenant_id=installation.place.tenant_id,
        nonce=installation.setup_nonce,
    )


def place_of(parameters: SetupParameters) -> Place:
    """Return the place that a link was issued for."""
    personal = parameters.installation_type is PlaceKind.PERSONAL
    place_id = parameters.conversation_id if personal else parameters.external_id
    return Place(parameters.tenant_id, place_id, parameters.installation_type)


def _external(installation: Installation) -> tuple[str, str]:
    place = installation.place
    if place.kind is PlaceKind.PERSONAL:
        return place.tenant_id, f"{place.tenant_id} (Microsoft Tenant)"
    if place.kind is PlaceKind.GROUP_CHAT:
        return place.place_id, installation.name or "Group chat"
    return place.place_id, installation.name


def _parameters_from(carried: Any) -> SetupParameters:
    parameters = SetupParameters(**carried)
    if not all(isinstance(getattr(parameters, name), str) for name in _NAMES):
        raise TypeError("a parameter of the link is no text")
    return SetupParameters(**{**carried, "installation_type": PlaceKind(parameters.installation_type)})
