"""Reading and changing issues."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sentry_api.access import Access
from sentry_api.caller import Caller
from sentry_api.changes import Change, body_of
from sentry_api.comments import Comment, comment_from
from sentry_api.errors import NotFound
from sentry_api.event import Event, event_from, event_id
from sentry_api.issue import Issue, issue_from, maybe_issue_from, short_id
from sentry_api.paging import Pages
from sentry_api.values import identifier, mapping
from sentry_api.wire import Ask

_NAMED_EVENTS = ("latest", "oldest", "recommended")
_LARGEST_EVENT = 8 * 1024 * 1024


class Issues:
    """The issues of an organization. Everything raises a SentryError; a change's may say `may_have_happened`."""

    def __init__(self, caller: Caller, pages: Pages) -> None:
        self._caller = caller
        self._pages = pages

    async def get(self, access: Access, issue_id: str) -> Issue:
        """Return the issue with this id; needs event:read."""
        return issue_from(await self._ask(access, "GET", access.path("issues", _issue(issue_id))))

    async def by_short_id(self, access: Access, name: str) -> Issue:
        """Return the issue that people know as WEB-1A; needs event:read."""
        wanted = short_id(name.strip())
        if not wanted:
            raise NotFound("not a short id")
        answer = await self._ask(access, "GET", access.path("shortids", wanted))
        return issue_from(mapping(answer).get("group"))

    def search(self, access: Access, query: str, *, most: int = 25) -> AsyncIterator[Issue]:
        """Yield the issues that Sentry finds for a query in its own language, a short id among them; needs event:read.

        An empty query finds all, whatever their status.
        """
        asked = [("query", query), ("shortIdLookup", "1"), ("limit", str(min(most, 100)))]
        return self._pages.each(access, access.path("issues"), maybe_issue_from, query=asked, most=most)

    async def event(self, access: Access, issue_id: str, event: str = "latest") -> Event:
        """Return an event of the issue: by its id, or "latest", "oldest", "recommended"; needs event:read."""
        wanted = event if event in _NAMED_EVENTS else event_id(event)
        if not wanted:
            raise NotFound("not an event's id")
        path = access.path("issues", _issue(issue_id), "events", wanted)
        ask = Ask("GET", path, access.token, largest=_LARGEST_EVENT)
        return event_from((await self._caller.call(access.sentry_url, ask, access.organization)).data)

    async def change(self, access: Access, issue_id: str, *changes: Change) -> Issue:
        """Make the changes in one request and return the issue as it is then; needs event:write.

        Sentry's own sentences are in SentryRejected (not a member of the project, no such release, …). Never repeated
        when the outcome is unknown: look with `get` first.
        """
        path = access.path("issues", _issue(issue_id))
        return issue_from(await self._ask(access, "PUT", path, body_of(*changes)))

    async def comment(self, access: Access, issue_id: str, text: str) -> Comment:
        """Comment on the issue and return the comment; needs event:write.

        This is what Sentry's own pages call; the published description does not contain it. Sentry refuses the same
        text by the same person within an hour (SentryRejected).
        """
        path = access.path("issues", _issue(issue_id), "comments")
        return comment_from(await self._ask(access, "POST", path, {"text": text}))

    async def _ask(self, access: Access, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        ask = Ask(method, path, access.token, json=body)
        return (await self._caller.call(access.sentry_url, ask, access.organization)).data


def _issue(issue_id: str) -> str:
    if not identifier(issue_id):
        raise NotFound("not an issue's id")
    return issue_id
