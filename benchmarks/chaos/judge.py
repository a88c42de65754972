"""What came of it: is anything lost, out of order, over a limit, or there twice without a reason?"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.chaos.places import Places, card_name
from benchmarks.chaos.plan import Plan

NOTED_WITHIN = 10.0
"""Seconds between a post and the death that explains why it was not noted: a note waits for a database that is away."""


@dataclass(frozen=True, slots=True)
class Post:
    """One card that the connector took; `life`: the process that posted it, `lost`: the answer did not get through."""

    tenant: str
    conversation: str
    summary: str
    at: float
    life: str
    lost: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of what went wrong, and what there is twice, by the reason."""

    welcomes_missing: int
    cards_missing: int
    out_of_order: int
    strangers: int
    doubled_by_kill: int
    doubled_by_lost_answer: int
    doubled_for_no_reason: int
    unnoted: float

    @property
    def bad(self) -> int:
        """Return how much there is that must not be."""
        wrong = self.welcomes_missing + self.cards_missing + self.out_of_order + self.strangers
        return wrong + self.doubled_for_no_reason


def posts_of(report: Mapping[str, Any]) -> list[Post]:
    """Return what the connector took, in order."""
    return [Post(*fields) for fields in report["posts"]]


def missing(plan: Plan, places: Places, posts: Iterable[Post]) -> tuple[int, int]:
    """Return how many welcomes and how many cards did not arrive yet."""
    there = {(post.conversation, post.summary) for post in posts}
    welcomed = {conversation for conversation, summary in there if not _is_card(summary)}
    wanted = {(to.conversation_id, card_name(number)) for to in places.conversations for number in range(plan.each)}
    return sum(install.conversation not in welcomed for install in places.installs), len(wanted - there)


def judge(plan: Plan, places: Places, posts: Sequence[Post], deaths: Mapping[str, float]) -> Verdict:
    """Look at all that arrived. deaths: when each process that was killed was."""
    kills = [_explained(post, later, deaths) for post, later in _repeated(posts)]
    lost = sum(post.lost for post, _ in _repeated(posts))
    welcomes_missing, cards_missing = missing(plan, places, posts)
    known = {install.conversation for install in places.installs}
    by_kill = [pause for pause in kills if pause is not None]
    return Verdict(
        welcomes_missing,
        cards_missing,
        _out_of_order(posts),
        sum(post.conversation not in known for post in posts),
        len(by_kill),
        lost,
        len(kills) - len(by_kill) - lost,
        max(by_kill, default=0.0),
    )


def _repeated(posts: Iterable[Post]) -> list[tuple[Post, Post]]:
    """Return each post that was made again, with the next of the same card."""
    by_card: defaultdict[tuple[str, str], list[Post]] = defaultdict(list)
    for post in posts:
        by_card[post.conversation, post.summary].append(post)
    return [pair for same in by_card.values() for pair in pairwise(same)]


def _explained(post: Post, again: Post, deaths: Mapping[str, float]) -> float | None:
    """Return how long after the first post its process was killed; None if that is not why there is a second."""
    died = deaths.get(post.life)
    if post.lost or died is None or died > again.at or died - post.at > NOTED_WITHIN:
        return None
    # What was on its way when the process was killed arrives after that.
    return max(0.0, died - post.at)


def _out_of_order(posts: Iterable[Post]) -> int:
    newest: defaultdict[str, int] = defaultdict(int)
    wrong = 0
    for post in posts:
        if _is_card(post.summary):
            number = int(post.summary.rpartition(" ")[2])
            wrong += number < newest[post.conversation]
            newest[post.conversation] = max(newest[post.conversation], number)
    return wrong


def _is_card(summary: str) -> bool:
    return summary.startswith("card ")


def busiest(posts: Iterable[Post], seconds: float, *, tenant: bool) -> int:
    """Return the most posts in any `seconds`, in one tenant or in one conversation."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for post in posts:
        times[post.tenant if tenant else post.conversation].append(post.at)
    return max((_most(sorted(each), seconds) for each in times.values()), default=0)


def _most(times: Sequence[float], seconds: float) -> int:
    return max(end + 1 - bisect_left(times, at - seconds) for end, at in enumerate(times))
