"""How MSAL reaches Entra: over the bot's own session, whose connections, proxy and trust it would else build again."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp

from adapter.http import read_at_most

LARGEST_ANSWER = 1024 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class EntraAnswer:
    """What MSAL reads of an answer (msal.oauth2cli.http.Response)."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Raise OSError for an answer without success."""
        if self.status_code >= HTTPStatus.BAD_REQUEST:
            raise OSError(f"Entra answered {self.status_code}")


class EntraHttp:
    """MSAL's HTTP client (msal.oauth2cli.http.HttpClient). MSAL blocks, so this is for a thread of its own.

    Made on the event loop that `session` belongs to. within: seconds that Entra may be silent. What cannot be asked
    raises aiohttp.ClientError, OSError, TimeoutError or ValueError.
    """

    def __init__(self, session: aiohttp.ClientSession, within: float) -> None:
        self._session = session
        self._within = within
        self._loop = asyncio.get_running_loop()

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> EntraAnswer:
        """Ask for a page."""
        return self._wait(self._ask("GET", url, params=_known(params), headers=headers))

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> EntraAnswer:
        """Send a form: a mapping, or a text that is encoded already."""
        form = data if isinstance(data, str) else urlencode(_known(data))
        return self._wait(self._ask("POST", url, params=_known(params), data=form, headers={**FORM, **(headers or {})}))

    def close(self) -> None:
        """Do nothing: whoever opened the session closes it."""

    def _wait(self, asking: Coroutine[Any, Any, EntraAnswer]) -> EntraAnswer:
        return asyncio.run_coroutine_threadsafe(asking, self._loop).result()

    async def _ask(self, method: str, url: str, **how: Any) -> EntraAnswer:
        async with (
            asyncio.timeout(self._within),
            self._session.request(method, url, allow_redirects=False, **how) as answer,
        ):
            body = await read_at_most(answer.content, LARGEST_ANSWER)
        return EntraAnswer(answer.status, body.decode("utf-8", "replace"), answer.headers)


def _known(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if value is not None}
