"""What can go wrong in the store, as the rest of the bot sees it; no driver's exception leaves the room."""


class StoreError(Exception):
    """The store did not do what it was asked."""


class StoreUnavailable(StoreError):
    """The database is locked, gone, too slow or too busy; the same call may succeed later.

    When the database fell silent in the middle of a call, it may have been carried out although nobody heard of it.
    """


class StoreRejected(StoreError):
    """The database refuses these values (say, text that is no valid Unicode); nothing was changed."""


class SecretUnreadable(StoreError):
    """A stored secret was encrypted by a key that is no longer among SECRET_KEY."""
