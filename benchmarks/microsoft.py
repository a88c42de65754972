"""What Microsoft's hosts answer a bot, and what they have seen of it: the sandbox's rules without its faults."""

from collections import Counter
from collections.abc import Mapping
from time import monotonic, process_time
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from sandbox.channel import Channel
from sandbox.entra import Entra
from sandbox.microsoft import APP_ID, APP_SECRET, TENANT_ID
from sandbox.openid import KEYS_PATH, METADATA_PATH, OpenId
from sandbox.places import SERVICE_URL

HOSTS = {
    "login.botframework.com": "keys",
    "login.microsoftonline.com": "token",
    "smba.trafficmanager.net": "connector",
}
CARD = "application/vnd.microsoft.card.adaptive"
_LOGIN = f"https://login.microsoftonline.com/{TENANT_ID}"
_NOT_FOUND = 404, b'{"error":"not found"}'
Activity = dict[str, Any]
CALLER = "proxy-authorization"
Reply = tuple[int, bytes] | tuple[int, bytes, int]
"""Status, body and, where there is one, Retry-After."""


class Unanswered(Exception):
    """The request gets no answer: its connection is cut, or it hangs."""

    def __init__(self, *, cut: bool) -> None:
        super().__init__()
        self.cut = cut


class Microsoft:
    """Three hosts in one. `connections` and `requests` count by kind of host, `cards` by conversation."""

    def __init__(self) -> None:
        openid = OpenId()
        self._channel = Channel(openid, APP_ID, SERVICE_URL)
        # Signing is Microsoft's cost, not the bot's: one token is enough for everybody.
        self._token = Entra(APP_ID, APP_SECRET, TENANT_ID).token()
        self._documents = _documents([key.jwk() for key in openid.keys])
        self.connections = Counter[str]()
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.connections.clear()
        self.requests = Counter[str]()
        self.cards = Counter[str]()
        self.wrong = Counter[str]()
        self.last_card = 0.0

    def report(self) -> dict[str, Any]:
        """Return what was seen since the last reset; `cpu`: seconds that this process has used so far."""
        seen = {"connections": self.connections, "requests": self.requests, "cards": self.cards, "wrong": self.wrong}
        return {**seen, "last_card": self.last_card, "cpu": process_time()}

    def sign(self, count: int, service_url: str = SERVICE_URL) -> list[str]:
        """Return `count` tokens of the channel, no two alike."""
        return [self._channel.token(jti=str(number), serviceurl=service_url) for number in range(count)]

    def answer(self, kind: str, method: str, path: str, head: Mapping[str, str], body: bytes) -> Reply:
        """Return status and body for one request to a host of that kind; `head`: names in small letters."""
        self.requests[kind] += 1
        if kind == "connector":
            return self._take(method, path, head, body)
        if method == "POST" and kind == "token" and path == f"/{TENANT_ID}/oauth2/v2.0/token":
            return self._grant(body)
        document = self._documents.get((kind, path.partition("?")[0]))
        return (200, document) if document and method == "GET" else _NOT_FOUND

    def _grant(self, body: bytes) -> Reply:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (APP_ID, APP_SECRET):
            self.wrong["credentials"] += 1
            return 401, b'{"error":"invalid_client"}'
        return 200, orjson.dumps({"token_type": "Bearer", "expires_in": 3599, "access_token": self._token})

    def _take(self, method: str, path: str, head: Mapping[str, str], body: bytes) -> Reply:
        if head.get("authorization") != f"Bearer {self._token}":
            self.wrong["connector token"] += 1
            return 401, b"{}"
        address, _, place = path.partition("/v3/conversations/")
        conversation, _, rest = place.partition("/")
        activity = orjson.loads(body)
        if method != "POST" or rest.partition("/")[0] != "activities" or not _has_card(activity):
            self.wrong[f"{method} that is no card"] += 1
            return 400, b"{}"
        return self._post(address, unquote(conversation), activity, head.get(CALLER, ""))

    def _post(self, _address: str, conversation: str, _activity: Activity, _caller: str) -> Reply:
        """Take a card; `address`: the path of the service URL."""
        self.cards[conversation] += 1
        self.last_card = monotonic()
        return 201, b'{"id":"%d"}' % self.cards.total()


def _has_card(activity: Activity) -> bool:
    attached = (activity.get("attachments") or [{}])[0]
    content = attached.get("content") or {}
    is_card = attached.get("contentType") == CARD and content.get("type") == "AdaptiveCard"
    return bool(is_card and content.get("body") and activity.get("type") == "message")


def _documents(keys: list[dict[str, Any]]) -> dict[tuple[str, str], bytes]:
    """What can be read: the channel's metadata and keys, and what MSAL asks before it asks for a token."""
    jwks_uri = f"https://login.botframework.com{KEYS_PATH}"
    names = {"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.microsoftonline.com"}
    tenant = {
        "issuer": f"{_LOGIN}/v2.0",
        "authorization_endpoint": f"{_LOGIN}/oauth2/v2.0/authorize",
        "token_endpoint": f"{_LOGIN}/oauth2/v2.0/token",
    }
    instance = {
        "tenant_discovery_endpoint": f"{_LOGIN}/v2.0/.well-known/openid-configuration",
        "metadata": [{**names, "aliases": ["login.microsoftonline.com"]}],
    }
    found = {
        ("keys", METADATA_PATH): {"issuer": "https://api.botframework.com", "jwks_uri": jwks_uri},
        ("keys", KEYS_PATH): {"keys": keys},
        ("token", f"/{TENANT_ID}/v2.0/.well-known/openid-configuration"): tenant,
        ("token", "/common/discovery/instance"): instance,
    }
    return {where: orjson.dumps(document) for where, document in found.items()}
