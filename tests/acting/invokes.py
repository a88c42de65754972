"""Invokes that search: as Teams sends them from a compose box and from a card's input."""

from typing import Any

from sandbox.activities import Activity
from sandbox.places import Where
from sandbox.teams import submit


def queried(place: Where, text: str | None) -> Activity:
    """Somebody types into the message extension (None: has only opened it)."""
    typed = {"name": "search", "value": text}
    parameter = {"name": "initialRun", "value": "true"} if text is None else typed
    options = {"skip": 0, "count": 25}
    return _invoke(place, "composeExtension/query", commandId="issues", parameters=[parameter], queryOptions=options)


def pasted(place: Where, url: str) -> Activity:
    """Somebody pastes a link."""
    return _invoke(place, "composeExtension/queryLink", url=url)


def typed(place: Where, dataset: str, text: str) -> Activity:
    """Somebody types into an input of a card that searches."""
    options = {"skip": 0, "top": 15}
    return _invoke(place, "application/search", queryText=text, queryOptions=options, dataset=dataset, kind="search")


def _invoke(place: Where, name: str, **value: Any) -> Activity:
    return {**submit(place, value), "type": "invoke", "name": name}
