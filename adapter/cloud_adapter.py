"""The SDK's CloudAdapter with a gate before it and a response writer behind it."""

from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web
from botbuilder.core import Bot
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import AdaptiveCardInvokeResponse

from adapter.activity import to_model
from adapter.authentication import ChannelAuthentication
from adapter.gate import Gate

ACCEPTED = HTTPStatus.CREATED


class TeamsAdapter(CloudAdapter):  # type: ignore[misc]  # the SDK has no types
    """Takes requests from Teams to a bot.

    Raises Refused for a request that is not served; what the bot's own handlers raise passes through unchanged, so
    that a handler's KeyError is never taken for a caller's mistake.
    """

    def __init__(self, authentication: ChannelAuthentication, gate: Gate) -> None:
        super().__init__(authentication)
        self._gate = gate

    async def process(self, request: web.Request, bot: Bot, ws_response: web.WebSocketResponse | None = None) -> Any:
        """Run one turn and return the HTTP response; web sockets are not served."""
        del ws_response
        admitted = await self._gate.admit(request)
        header = f"Bearer {admitted.token.text}" if admitted.token else ""
        result = await self.process_activity(header, to_model(admitted.activity), bot.on_turn)
        return write(result.status, result.body) if result else web.Response(status=ACCEPTED)


def write(status: int | HTTPStatus, body: Any) -> web.Response:
    """Return an invoke's answer; `body` is plain JSON or a model of the SDK."""
    if isinstance(body, AdaptiveCardInvokeResponse) and isinstance(body.value, Exception):
        status, body = HTTPStatus.OK, _card_error(body)
    if body is None:
        return web.Response(status=int(status))
    content = orjson.dumps(body, default=_model_to_json)
    return web.Response(status=int(status), body=content, content_type="application/json")


def _card_error(response: AdaptiveCardInvokeResponse) -> dict[str, Any]:
    """Return the SDK's verdict on a malformed button as Teams shows it; the SDK itself cannot serialize it."""
    code, message = response.value.args
    return {
        "statusCode": int(response.status_code),
        "type": response.type,
        "value": {"code": code, "message": message},
    }


def _model_to_json(value: Any) -> Any:
    if hasattr(value, "serialize"):
        return value.serialize()
    raise TypeError(f"{type(value).__name__} is no JSON")
