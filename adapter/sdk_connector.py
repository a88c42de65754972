"""The SDK's own ConnectorClient on our transport, so that everything in the SDK that posts goes the same way."""

from collections import OrderedDict
from typing import Any, Self

import aiohttp
from botframework.connector import BotFrameworkConnectorConfiguration
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import ConnectorFactory
from msrest.authentication import Authentication
from msrest.pipeline import AsyncHTTPSender, AsyncPipeline, Request, Response
from msrest.pipeline.universal import RawDeserializer
from msrest.universal_http.async_abc import AsyncClientResponse, ClientRequest
from multidict import CIMultiDict

from adapter.clouds import Cloud
from adapter.errors import ConnectorError
from adapter.service_urls import is_allowed
from adapter.transport import Answer, ConnectorTransport

MOST_CLIENTS = 100


class PooledConnectorFactory(ConnectorFactory):  # type: ignore[misc]  # the SDK has no types
    """Hands out one client for each service URL; the least recently used ones are dropped."""

    def __init__(self, transport: ConnectorTransport, cloud: Cloud | None) -> None:
        self._transport = transport
        self._cloud = cloud
        self._clients: OrderedDict[str, ConnectorClient] = OrderedDict()

    async def create(self, service_url: str, audience: str | None = None) -> ConnectorClient:  # noqa: ARG002
        """Return the client for `service_url`; raises ConnectorError when that address may not have our token.

        `audience` is not used: this bot talks to the channel only, never to another bot.
        """
        if service_url not in self._clients:
            self._clients[service_url] = self._make(service_url)
        self._clients.move_to_end(service_url)
        if len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)
        return self._clients[service_url]

    def _make(self, service_url: str) -> ConnectorClient:
        if not is_allowed(service_url, self._cloud):
            message = "the service URL is not on this cloud's allow list"
            raise ConnectorError(None, "ServiceUrlNotAllowed", message, retryable=False)
        configuration = BotFrameworkConnectorConfiguration(
            Authentication(),  # the transport adds the token
            service_url,
            pipeline_type=lambda _: AsyncPipeline([RawDeserializer()], _Sender(self._transport)),
        )
        return ConnectorClient(Authentication(), base_url=service_url, custom_configuration=configuration)


class _Sender(AsyncHTTPSender):  # type: ignore[misc]  # msrest has no usable types
    def __init__(self, transport: ConnectorTransport) -> None:
        self._transport = transport

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def send(self, request: Request, **_: Any) -> Response:
        http_request: ClientRequest = request.http_request
        body = http_request.data
        content = body.encode() if isinstance(body, str) else body
        answer = await self._transport.call(http_request.method, http_request.url, content)
        return Response(request, _ClientResponse(http_request, answer))


class _ClientResponse(AsyncClientResponse):  # type: ignore[misc]  # msrest has no usable types
    def __init__(self, request: ClientRequest, answer: Answer) -> None:
        super().__init__(request, answer)
        self.status_code = answer.status
        self.headers = CIMultiDict(answer.headers)
        self.reason = ""
        self.content_type = answer.headers.get("Content-Type")
        self._body = answer.body

    def body(self) -> bytes:
        return self._body

    def raise_for_status(self) -> None:
        """Do nothing: the transport has raised already."""

    def stream_download(self, *_: object) -> Any:
        raise aiohttp.ClientPayloadError("the connector's answers are not streamed")
