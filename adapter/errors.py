"""What can go wrong between the bot and Microsoft's services, as the rest of the bot sees it."""

from dataclasses import dataclass
from http import HTTPStatus

GONE = frozenset(
    {
        "BotDisabledByAdmin",
        "BotNotInConversationRoster",
        "ConversationBlockedByUser",
        "ConversationNotFound",
        "MessageWritesBlocked",
    }
)


@dataclass(eq=False)
class ConnectorError(Exception):
    """The Bot Connector did not take an activity.

    status: HTTP status, or None when no answer came. code: the connector's error code ("" when it gave none).
    retryable: the same call may succeed later. retry_after: seconds that the connector asked us to wait.
    maybe_delivered: the connector may have accepted the activity although we saw no success.
    """

    status: int | None
    code: str
    message: str
    retryable: bool
    retry_after: float | None = None
    maybe_delivered: bool = False

    @property
    def gone(self) -> bool:
        """True when the platform says that the bot may no longer post there, until it hears from that place again.

        Microsoft docs, conversation-messages: "stop and forget" for these codes.
        """
        return self.code in GONE or (self.status == HTTPStatus.NOT_FOUND and self.code in {"", "NotFound"})

    def __str__(self) -> str:
        return f"connector: {self.status or 'no answer'} {self.code} {self.message}".strip()


class CredentialsError(Exception):
    """There is no token for the bot; the text is for the operator.

    refused: Entra has answered, and did not take the bot's credentials; else it could not be asked.
    """

    def __init__(self, text: str, *, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused
