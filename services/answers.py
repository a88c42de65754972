"""The cards that answer commands: posted in the turn, or soon after it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapter.errors import ConnectorError
from model import Arrival, ConversationReference
from services.commands import Command
from services.delivery import Delivery
from store import WELCOME, NewDelivery, Store

log = structlog.get_logger(__name__)
WORTH_FOR = timedelta(minutes=10)
"""An answer that comes later than this puzzles more than it helps."""


class Answers:
    """Posts cards where they were asked for. Whatever the connector says, the event itself was handled."""

    def __init__(self, store: Store, delivery: Delivery, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._delivery = delivery
        self._clock = clock

    async def post(
        self, to: ConversationReference, card: dict[str, Any], at: Arrival, command: Command | None, asked: str
    ) -> None:
        """Post `card` as the answer to `command`, given in the place of `at`; `asked` names the activity it was in."""
        installation = await self._store.find(at.place) if command is Command.SETUP else None
        if installation is not None and not _same_channel(to, installation.conversation):
            installation = None
        new = NewDelivery(
            key=f"answer:{asked}",
            to=to,
            activity=card,
            within=WORTH_FOR,
            purpose=WELCOME if installation else "answer",
            installation_id=installation.id if installation else None,
        )
        try:
            activity_id = await self._delivery.post(new)
        except ConnectorError as error:
            log.warning("answer not posted", error=str(error), gone=error.gone)
            if error.gone:
                await self._store.unreachable(at.place, str(error), self._clock())
            return
        if installation is not None and activity_id is not None:
            # The newest card with a setup button is the one that a finished setup takes it away from.
            await self._store.welcomed(installation.id, activity_id, self._clock())


def _same_channel(one: ConversationReference, other: ConversationReference) -> bool:
    """Tell whether both are in one channel or chat; a thread's id is the channel's with ";messageid=…" behind it.

    The finished setup replaces its card in the installation's own conversation, so that one in another channel of the
    team cannot be noted as it.
    """
    return one.conversation_id.partition(";")[0] == other.conversation_id.partition(";")[0]
