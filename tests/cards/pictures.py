"""Prints what draw.mjs draws: every card with ordinary texts, and the first cards with hostile names."""

import json
from collections.abc import Iterator
from typing import Any

from tests.cards import alert_samples, issue_samples, samples


def _picture(label: str, what: str, activity: dict[str, Any], *opened: str) -> dict[str, Any]:
    """`opened`: the buttons to press before the picture is taken."""
    card = activity["attachments"][0]["content"]
    return {"label": label, "name": what, "card": card, "summary": activity["summary"], "open": opened}


def pictures() -> Iterator[dict[str, Any]]:
    for label, names in samples.NAMES.items():
        for what, activity in samples.activities(names):
            yield _picture(label, what, activity)
    for what, activity in issue_samples.ordinary_states():
        yield _picture("issue", what, activity)
        for button in ("Assign", "Archive", "More") if what == "failed" else ():
            yield _picture("issue", f"{what}, {button} pressed", activity, button)
    for what, activity in alert_samples.ordinary():
        yield _picture("alerts", what, activity)
    for what, activity in issue_samples.hostile_states("[x](http://evil) *a* <b>b</b> " * 50):
        yield _picture("issue-hostile", what, activity)


if __name__ == "__main__":
    print(json.dumps(list(pictures())))  # noqa: T201
