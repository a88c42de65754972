"""Sentry's webhooks come in: verified, read, stored, and only then answered."""

import hashlib
import time
from collections.abc import Callable
from enum import StrEnum

import structlog

from sentry_api.webhook_events import Unknown, WebhookEvent
from sentry_api.webhooks import parse
from services.alerts.kinds import kept
from services.alerts.signers import Refused, Signers, Verified
from store import AlertStore, NewWebhook, Signer

log = structlog.get_logger(__name__)
TOLD_EVERY = 60.0
"""Seconds between two log lines about the same trouble: strangers can make as much of it as they like."""


class Received(StrEnum):
    """What became of a webhook."""

    STORED = "stored"
    REPEATED = "repeated"
    IGNORED = "ignored"
    WRONG_SIGNATURE = "wrong signature"
    UNKNOWN = "unknown organization"


class Door:
    """Takes webhooks; asks neither Sentry nor Teams for anything. `wake` is called when there is something to do."""

    def __init__(self, store: AlertStore, signers: Signers, wake: Callable[[], None]) -> None:
        self._store = store
        self._signers = signers
        self._wake = wake
        self._told: dict[str, float] = {}

    async def receive(self, resource: str, request_id: str, signature: str | None, body: bytes) -> Received:
        """Store a webhook; raises StoreError, and then Sentry must hear that it failed."""
        found = await self._signers.verify(body, signature)
        if isinstance(found, Refused):
            return self._refuse(found, resource)
        event = parse(resource, body)
        keeping = kept(event)
        if keeping is None:
            why = event.reason if isinstance(event, Unknown) else ""
            log.info("webhook ignored", resource=resource[:60], why=why)
            return Received.IGNORED
        return await self._keep(found, event, keeping, f"{request_id}\n{hashlib.sha256(body).hexdigest()}")

    async def _keep(self, found: Verified, event: WebhookEvent, keeping: tuple[str, str], request: str) -> Received:
        stored = [
            await self._store.receive(_webhook(signer, event, keeping, request, sure=found.sure))
            for signer in found.signers
        ]
        if any(signer.integration_uuid != event.installation for signer in found.signers):
            self._signers.outdated()
        if not any(stored):
            log.info("webhook came again", kind=keeping[0])
            return Received.REPEATED
        self._wake()
        return Received.STORED

    def _refuse(self, refused: Refused, resource: str) -> Received:
        received, what_to_do = _explained(refused)
        if time.monotonic() - self._told.get(what_to_do, -TOLD_EVERY) >= TOLD_EVERY:
            self._told = {what_to_do: time.monotonic()} if len(self._told) > 100 else self._told  # noqa: PLR2004
            self._told[what_to_do] = time.monotonic()
            log.warning(
                "webhook refused", resource=resource[:60], installation=refused.installation, what_to_do=what_to_do
            )
        return received


def _webhook(signer: Signer, event: WebhookEvent, keeping: tuple[str, str], request: str, *, sure: bool) -> NewWebhook:
    learned = event.installation if event.installation != (signer.integration_uuid or "") else ""
    return NewWebhook(
        key=hashlib.sha256(f"{signer.organization_id}\n{request}".encode()).hexdigest(),
        organization_id=signer.organization_id,
        sure=sure,
        kind=keeping[0],
        body=keeping[1],
        learned=learned or None,
    )


def _explained(refused: Refused) -> tuple[Received, str]:
    if refused.known:
        slugs = ", ".join(sorted({signer.slug for signer in refused.known}))
        return Received.WRONG_SIGNATURE, (
            f"The signature does not fit the client secret that is stored for {slugs}. If the secret was changed in "
            "Sentry, run the setup again in Teams (say: setup) and give the client secret that stands there now."
        )
    if refused.secrets == 0:
        return Received.UNKNOWN, (
            "No client secret is known yet: run the setup in Teams (say: setup) and give the client secret of the "
            "integration whose webhooks come here."
        )
    return Received.UNKNOWN, (
        "The signature fits no connected organization. Run the setup in Teams (say: setup) for the organization of "
        "this integration, or take the webhook URL out of the integration if it is not meant for this bot."
    )
