"""How long things may take, and how much may wait."""

CALL_WAIT = 5.0
"""Seconds after which a caller of the store gets StoreUnavailable, whatever the database does."""

DATABASE_WAIT = 4.5
"""Seconds that one statement waits for a lock, or a connection for its server; less than CALL_WAIT, so that the reason
is known."""

MIGRATION_WAIT = 60.0
"""Seconds that a start waits for another process that migrates."""

BATCH = 64
"""The most operations that share one transaction."""

QUEUE = 10_000
"""The most operations that wait for a transaction; more are turned away at once."""
