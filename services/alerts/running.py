"""The work on webhooks that every process does beside everything else, and what is due now and then."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

import metrics
from services.alerts.issue_cards import IssueCards
from services.alerts.processing import Later, Processing
from store import AlertStore, ClaimedWebhook, StoreError

log = structlog.get_logger(__name__)
ROOM = 16
"""Webhooks that one process works on at once."""

LOOK_EVERY = 1.0
PRUNE_EVERY = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
MOST_ATTEMPTS = 12
SILENT = 120.0
"""Seconds without any webhook after which cards may have missed something."""

CARDS_KEPT = timedelta(days=90)
"""How long it is remembered where a card stands: what it follows ends earlier, but a metric alert may stay open."""

CATCH_UP = timedelta(days=3)
POLITE = 0.5
"""Seconds between two questions to Sentry while catching up."""


class Running:
    """Runs until cancelled; `wake` is called when there may be something to do."""

    def __init__(
        self, store: AlertStore, processing: Processing, cards: IssueCards, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._processing = processing
        self._cards = cards
        self._clock = clock
        self._wake = asyncio.Event()
        self._pruned_at = 0.0

    def wake(self) -> None:
        """Look at once for something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Work on webhooks and paint cards."""
        while True:
            self._wake.clear()
            busy = await self._round()
            if not busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY * random.uniform(0.8, 1.2)):  # noqa: S311
                        await self._wake.wait()

    async def catch_up(self, *, silent: float = SILENT) -> None:
        """After a start: ask Sentry, politely, for the issues of the last days' cards if webhooks may be missing.

        silent: seconds without any webhook after which they may be.
        """
        try:
            silence = await self._store.silence()
            if silence is not None and silence < silent:
                return
            for organization_id, issue_id in await self._store.issues_with_cards(self._clock() - CATCH_UP):
                if not issue_id.startswith("metric:"):
                    await self._catch_up_with(organization_id, issue_id)
        except StoreError as error:
            log.warning("cards could not be caught up with", error=str(error))

    async def _catch_up_with(self, organization_id: int, issue_id: str) -> None:
        try:
            await self._cards.refresh(organization_id, issue_id)
        except LookupError:
            return
        await asyncio.sleep(POLITE)

    async def _round(self) -> bool:
        try:
            webhooks = await self._claim()
            await asyncio.gather(*(self._work_on(webhook) for webhook in webhooks))
            looked_at = await self._cards.paint()
            await self._prune()
        except StoreError as error:
            log.warning("alerts have to wait", error=str(error))
            return False
        except Exception:
            log.exception("the work on alerts broke")
            return False
        return bool(webhooks) or bool(looked_at)

    async def _claim(self) -> list[ClaimedWebhook]:
        claiming = asyncio.ensure_future(self._store.claim(ROOM))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(StoreError):
                for webhook in await claiming:
                    await self._hand_back(webhook)
            raise

    async def _hand_back(self, webhook: ClaimedWebhook) -> None:
        """Let others take it up at once, instead of when the lease ends."""
        with suppress(StoreError):
            await self._store.postpone(webhook.id, "the bot was stopped", 0.0)

    async def _work_on(self, webhook: ClaimedWebhook) -> None:
        began = time.monotonic()
        try:
            await self._processing.work_on(webhook)
            metrics.webhook_work(webhook.kind, "done", webhook.waited + time.monotonic() - began)
        except Later as later:
            await self._postpone(webhook, str(later))
        except asyncio.CancelledError:
            await self._hand_back(webhook)
            raise
        except StoreError as error:
            log.warning("webhook has to wait", webhook=webhook.id, error=str(error))
            with suppress(StoreError):
                await self._postpone(webhook, str(error))
        except Exception as error:
            # Whatever it is, it concerns this one only.
            log.exception("webhook broke", webhook=webhook.id, kind=webhook.kind)
            await self._postpone(webhook, f"{type(error).__name__} in this program")

    async def _postpone(self, webhook: ClaimedWebhook, why: str) -> None:
        if webhook.attempts >= MOST_ATTEMPTS:
            metrics.webhook_work(webhook.kind, "failed")
            log.warning("webhook given up", webhook=webhook.id, kind=webhook.kind, why=why)
            await self._store.finish(webhook.id, why[:300], failed=True)
            return
        metrics.webhook_work(webhook.kind, "later")
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (webhook.attempts - 1))
        await self._store.postpone(webhook.id, why[:300], pause)

    async def _prune(self) -> None:
        if time.monotonic() - self._pruned_at >= PRUNE_EVERY:
            self._pruned_at = time.monotonic()
            while await self._store.prune():
                pass
            while await self._store.prune_cards(self._clock() - CARDS_KEPT):
                pass
            await self._store.prune_rules(self._clock() - CARDS_KEPT)
