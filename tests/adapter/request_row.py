"""A row of the table of requests."""

from dataclasses import dataclass

from tests.adapter.draft import Change, Draft


@dataclass(frozen=True)
class Row:
    """What is sent, the status that answers it, and the reason in the log.

    reason: "" for requests that are served, None where the HTTP library answers before any of our code runs.
    """

    name: str
    status: int
    reason: str | None
    changes: tuple[Change, ...]

    def draft(self, draft: Draft) -> bytes:
        """Return the request's bytes."""
        for change in self.changes:
            change(draft)
        return draft.wire()


def row(name: str, status: int, reason: str | None, *changes: Change) -> Row:
    """Return one row."""
    return Row(name, status, reason, changes)
