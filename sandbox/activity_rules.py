"""What the connector accepts as an activity from a bot."""

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

LARGEST_ACTIVITY = 100 * 1024
ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True)
class ConnectorRefusal(Exception):
    """One refusal by the connector, with its own error code. retry_after: seconds."""

    status: int
    code: str
    message: str
    retry_after: int | None = None

    def response(self) -> web.Response:
        """The refusal as the connector answers it."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = {"error": {"code": self.code, "message": self.message}}
        return web.json_response(body, status=self.status, headers=headers)


def _bad(message: str, code: str = "BadArgument") -> ConnectorRefusal:
    return ConnectorRefusal(400, code, message)


def read_object(content_type: str, data: bytes) -> dict[str, Any]:
    """The JSON object in a request; raises ConnectorRefusal."""
    if content_type != "application/json":
        raise ConnectorRefusal(415, "BadArgument", f"Unsupported media type '{content_type}'")
    if len(data) > LARGEST_ACTIVITY:
        raise ConnectorRefusal(413, "MessageSizeTooBig", "Message size too large.")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _bad("Invalid JSON", "BadSyntax") from error
    if not isinstance(value, dict):
        raise _bad("Not a JSON object", "BadSyntax")
    return value


def check_activity(activity: object) -> dict[str, Any]:
    """`activity` itself if a bot may send it; raises ConnectorRefusal."""
    if not isinstance(activity, dict):
        raise _bad("Activity is missing", "BadSyntax")
    if not isinstance(activity.get("type"), str) or not activity["type"]:
        raise _bad("Activity type is missing")
    attachments = activity.get("attachments")
    if attachments is not None and not isinstance(attachments, list):
        raise _bad("Attachments must be an array")
    for attachment in attachments or []:
        _check_attachment(attachment)
    if activity["type"] == "message" and not activity.get("text") and not attachments:
        raise _bad("Activity must include non empty 'text' field or at least 1 attachment")
    return activity


def _check_attachment(attachment: object) -> None:
    if not isinstance(attachment, dict) or not isinstance(attachment.get("contentType"), str):
        raise _bad("Attachment has no content type")
    if "content" not in attachment and "contentUrl" not in attachment:
        raise _bad("Attachment has neither content nor content URL")
    if attachment["contentType"] == ADAPTIVE_CARD:
        _check_card(attachment.get("content"))


def _check_card(card: object) -> None:
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        raise _bad("Adaptive card expected")
    if not isinstance(card.get("version"), str) or not isinstance(card.get("body"), list):
        raise _bad("Adaptive card without version or body")
