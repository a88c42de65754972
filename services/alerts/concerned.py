"""People whom something in Sentry concerns, and who are to be @mentioned in Teams; who they are, others know."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from issue_model import TeamsPerson
from sentry_api.webhook_events import CommentChanged, IssueChanged
from store import StoredCard, StoredOrganization

Named = Mapping[str, Sequence[TeamsPerson]]
"""Who is mentioned in which conversation (its id)."""


class People(Protocol):
    """Knows people in Teams by their accounts in Sentry."""

    async def assigned(
        self, organization: StoredOrganization, changed: IssueChanged, cards: Sequence[StoredCard]
    ) -> bool:
        """Tell who has the issue now; False if the card under which that belongs is not posted yet."""

    async def named(
        self, organization: StoredOrganization, comment: CommentChanged, cards: Sequence[StoredCard]
    ) -> Named:
        """Return who is mentioned in a comment, each in one conversation."""


class Concerned:
    """`people` may be given until the first webhook comes; None: nobody is known, or mentioned."""

    def __init__(self) -> None:
        self.people: People | None = None
