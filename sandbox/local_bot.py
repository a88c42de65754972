"""The bot in local mode, in this process, with a database that goes when it goes."""

import secrets
import tempfile
from pathlib import Path

import logs
from bot import create_app
from sandbox.standin import StandIn, listen
from settings import load_settings


class LocalBot(StandIn):
    """The bot on a port of this machine, as `python bot.py` runs it there; reads no environment and no .env.

    sentry_clients: the setting that lets people sign in with Sentry; nobody can without it.
    """

    def __init__(self, port: int, sentry_url: str, sentry_clients: str = "") -> None:
        super().__init__()
        # On Windows a database cannot be deleted while anybody still has it open.
        self._folder = tempfile.TemporaryDirectory(prefix="bot-", ignore_cleanup_errors=True)
        chosen = {
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{Path(self._folder.name) / 'bot.db'}",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SENTRY_URLS": sentry_url,
            "SENTRY_OAUTH_CLIENTS": sentry_clients,
        }
        self.settings = load_settings(chosen)

    @property
    def endpoint(self) -> str:
        """Where activities go."""
        return f"{self.settings.public_url}/api/messages"

    async def _open(self) -> None:
        logs.configure(self.settings)
        self._runner = await listen(await create_app(self.settings), self.settings.port)

    async def _close(self) -> None:
        await self._runner.cleanup()
        self._folder.cleanup()
