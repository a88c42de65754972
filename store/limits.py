"""How long things may take, and how much may wait."""

CALL_WAIT = 5.0
"""Seconds after which a caller of the store gets StoreUnavailable, whatever the database does."""

DATABASE_SHARE = 0.9
"""The part of it that one statement may wait for a lock, or a connection for its server; not all, so that the caller
learns the reason."""

MIGRATION_WAIT = 60.0
"""Seconds that a start waits for another process that migrates."""

BATCH = 64
"""The most operations that share one transaction."""

GATHER = 0.002
"""Seconds that a transaction waits for more operations to share its commit, once the last one was shared."""

QUEUE = 10_000
"""The most operations that wait for a transaction; more are turned away at once."""
