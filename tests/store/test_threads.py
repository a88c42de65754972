"""What is remembered of threads: a comment's one reply in a conversation, and who was mentioned for what."""

from dataclasses import replace

from model import ConversationReference
from store import COMMENT, Mention, NewDelivery, Reply, State, Store

TO = ConversationReference("https://smba.trafficmanager.net/amer/", "19:channel@thread.tacv2", "tenant")
POST = NewDelivery("comment:1:61:1:19", TO, {"type": "message"}, purpose=COMMENT)
NEWS = NewDelivery("news", TO, {"type": "message"}, purpose="assigned")
FIRST = Mention("assigned:1:4200", "user:8", TO.conversation_id)


async def keys(store: Store) -> list[str]:
    """What is to be posted."""
    return [each.key for each in await store.deliveries.listing(State.WAITING)]


async def test_a_comment_has_one_reply_and_a_change_waits_for_it(store: Store) -> None:
    created = Reply(7, POST, fresh=True, changes=False)
    assert await store.alerts.reply(created)
    assert await store.alerts.reply(replace(created, revision=8))
    assert not await store.alerts.reply(Reply(9, POST, fresh=True, changes=True))
    assert await keys(store) == [POST.key]


async def test_the_news_of_a_turn_are_posted_once(store: Store) -> None:
    assert await store.identities.take_turn(FIRST, NEWS)
    assert not await store.identities.take_turn(FIRST, replace(NEWS, key="again"))
    assert await store.identities.take_turn(replace(FIRST, whom="user:9"), None)
    assert await store.identities.take_turn(FIRST, replace(NEWS, key="back"))
    assert await keys(store) == ["news", "back"]


async def test_a_mention_stands_in_the_conversation_that_was_first(store: Store) -> None:
    assert await store.identities.where_mentioned(FIRST) == TO.conversation_id
    assert await store.identities.where_mentioned(replace(FIRST, conversation_id="another")) == TO.conversation_id


async def test_nobody_is_called_what_nobody_is_called(store: Store) -> None:
    assert await store.identities.called("tenant", "https://sentry.io", ["Dana", "dana@example.com"]) == []
