"""Sentry's webhooks: the check of their signature, and what they say."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from sentry_api.values import identifier, key, line, mapping
from sentry_api.webhook_events import Actor, Hook, Unknown, WebhookEvent
from sentry_api.webhook_readers import READERS

SIGNATURE_HEADER = "Sentry-Hook-Signature"
RESOURCE_HEADER = "Sentry-Hook-Resource"
APP_SIGNATURE_HEADER = "Sentry-App-Signature"


def sign(secret: str, body: bytes) -> str:
    """Return the signature of these bytes: hex HMAC-SHA256 by the integration's client secret."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify_signature(secret: str, body: bytes, header: str | None) -> bool:
    """Tell whether the header signs exactly these bytes; in constant time. An empty secret signs nothing.

    For alert-rule actions as well; when Sentry asks for options (GET) the body is empty, and the signature therefore
    a constant of the integration which does not cover the query.
    """
    if not secret or not header or not header.isascii():
        return False
    return hmac.compare_digest(sign(secret, body), header.strip().lower())


def parse(resource: str, body: bytes) -> WebhookEvent:
    """Return what a webhook says; never raises: what cannot be read is Unknown.

    resource: the Sentry-Hook-Resource header. Verify the signature first.
    """
    try:
        whole = orjson.loads(body)
    except ValueError:
        return Unknown("", Actor("", "", ""), line(resource, 60), "", "not JSON")
    hook, action = _hook(mapping(whole)), line(mapping(whole).get("action"), 60)
    reader = READERS.get(resource)
    found = reader(hook, action, mapping(mapping(whole).get("data"))) if reader else "no such resource is known"
    if not isinstance(found, str):
        return found
    return Unknown(hook.installation, hook.actor, line(resource, 60), action, found)


def _hook(whole: Mapping[str, Any]) -> Hook:
    actor = mapping(whole.get("actor"))
    kind = "user" if actor.get("type") == "user" else "application" if actor.get("type") == "application" else ""
    actor_id = identifier(actor.get("id")) or key(actor.get("id"))
    return Hook(
        key(mapping(whole.get("installation")).get("uuid")), Actor(kind, actor_id, line(actor.get("name"), 200))
    )
