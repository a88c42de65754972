"""The password of a database that knows no passwords: a token for the bot's managed identity.

Everything here blocks; it is called in the store's own threads, when they connect.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import Any

import msal
import urllib3

from adapter.errors import CredentialsError
from settings import Settings

RESOURCE = "https://ossrdbms-aad.database.windows.net"
WITHIN = urllib3.Timeout(connect=2.0, read=10.0)


def database_password(settings: Settings) -> Callable[[], str] | None:
    """Return what gives the password for each new connection; None when the database's URL holds it."""
    return DatabaseToken(settings.database_identity).get if settings.database_identity else None


class DatabaseToken:
    """Tokens of the managed identity `client_id`; MSAL keeps each until shortly before it expires."""

    def __init__(self, client_id: str) -> None:
        self._client = msal.ManagedIdentityClient(
            msal.UserAssignedManagedIdentity(client_id=client_id), http_client=_Http()
        )
        self._lock = Lock()

    def get(self) -> str:
        """Return a token that is good for a new connection; raises CredentialsError."""
        with self._lock:
            try:
                answer = self._client.acquire_token_for_client(resource=RESOURCE)
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                raise CredentialsError(f"{type(error).__name__}: {error}") from error
        token = answer.get("access_token")
        if not token:
            told = answer.get("error_description") or answer.get("error") or json.dumps(answer)
            raise CredentialsError(str(told)[:300])
        return str(token)


@dataclass(frozen=True, slots=True)
class _Response:
    """What MSAL asks of an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]


class _Http:
    """What MSAL asks of an HTTP client. The endpoint is this machine's own: no proxy, no redirect."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=WITHIN, retries=False)

    def get(self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        answer = self._pool.request("GET", url, fields=params, headers=headers, redirect=False)
        text = answer.data.decode("utf-8", "replace")
        if answer.status != HTTPStatus.OK:
            # Raised here, because MSAL would keep a failure for a minute and answer with it what is asked next.
            raise CredentialsError(f"{answer.status} {' '.join(text.split())[:300]}")
        return _Response(answer.status, text, answer.headers)

    def close(self) -> None:
        self._pool.clear()
