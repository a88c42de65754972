"""How commands open the database: as the bot does, with its settings, and with what went wrong on standard error."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from adapter.database_token import database_password
from adapter.errors import CredentialsError
from commands.quiet import quiet
from settings import SettingsError, load_settings
from store import Store, StoreError


def with_store(work: Callable[[Store], Awaitable[int]]) -> int:
    """Return the exit status that `work` gives; 2 for wrong settings, 1 when the database cannot be used."""
    quiet()
    try:
        return asyncio.run(_opened(work))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (StoreError, CredentialsError, OSError) as error:
        sys.stderr.write(f"The database cannot be used: {error}\n")
        return 1


async def _opened(work: Callable[[Store], Awaitable[int]]) -> int:
    settings = load_settings()
    store = await Store.open(
        settings.database_url, cipher_keys=settings.secret_keys, password=database_password(settings)
    )
    try:
        return await work(store)
    finally:
        await store.close()
