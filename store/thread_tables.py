"""The tables of threads: replies that stand there for comments, and who was mentioned for what."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from store.tables import metadata

# One row for a comment in a conversation. `revision`: the webhook (its id) that it was changed by last. `waits`: the
# reply is stored as a delivery of the same key and does not stand in Teams yet. Neither: none was posted, nor will be.
comment_replies = Table(
    "comment_replies",
    metadata,
    Column("key", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("activity_id", Text),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_comment_replies_created_at", "created_at"),
)

# One row for what somebody was mentioned for. `whom`: of an assignment, who had the issue then (Sentry's id).
mentions = Table(
    "mentions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("whom", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("told_at", BigInteger, nullable=False),
    Index("ix_mentions_told_at", "told_at"),
)
