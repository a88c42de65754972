"""What a process posts in turns without asking the database; the rest waits for the calendar (docs/delivery.md).

A tenant has no share until Teams throttled it: a thousand places at once are greeted as fast as Teams takes it.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from model import ConversationReference

IN_TENANT = 8
"""Posts in a second that all processes may make in a throttled tenant: its calendar leaves ten of Teams' 30."""

THROTTLED_FOR = 60.0
"""Seconds after Teams' last 429 until a tenant has no share again."""

IN_CONVERSATION = ((6, 1.0), (7, 2.0), (54, 30.0))
"""(posts, seconds): a little less than Teams allows in all. What waits there for its turn is paced by itself."""

MOST_IN_WINDOW = 54
MOST_KEPT = 2_000


# The times of the latest posts in one tenant or conversation.
_Posts = deque[float]


class InlineShare:
    """Counts the posts of this process in the tenants and conversations where it posted last; `clock`: seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._posts: OrderedDict[tuple[str, ...], _Posts] = OrderedDict()
        self._throttled: OrderedDict[str, float] = OrderedDict()

    def throttled(self, to: ConversationReference) -> None:
        """Note that Teams said 429 to a post there."""
        self._throttled[to.tenant_id] = self._clock() + THROTTLED_FOR
        self._throttled.move_to_end(to.tenant_id)
        if len(self._throttled) > MOST_KEPT:
            self._throttled.popitem(last=False)

    def take(self, to: ConversationReference, processes: int) -> bool:
        """Say whether one of so many processes may post there now; then it counts."""
        now, channel = self._clock(), to.conversation_id.partition(";")[0]
        conversation = self._of(to.tenant_id, channel)
        if not _room(conversation, IN_CONVERSATION, now) or not self._room_in_tenant(to.tenant_id, processes, now):
            return False
        conversation.append(now)
        return True

    def _room_in_tenant(self, tenant_id: str, processes: int, now: float) -> bool:
        if self._throttled.get(tenant_id, 0.0) <= now:
            return True
        tenant = self._of(tenant_id)
        if not _room(tenant, ((max(1, IN_TENANT // processes), 1.0),), now):
            return False
        tenant.append(now)
        return True

    def _of(self, *key: str) -> _Posts:
        posts = self._posts.get(key)
        if posts is None:
            posts = self._posts[key] = deque(maxlen=MOST_IN_WINDOW)
            if len(self._posts) > MOST_KEPT:
                self._posts.popitem(last=False)
        else:
            self._posts.move_to_end(key)
        return posts


def _room(posts: _Posts, windows: Iterable[tuple[int, float]], now: float) -> bool:
    return not posts or all(len(posts) < most or posts[-most] <= now - seconds for most, seconds in windows)
