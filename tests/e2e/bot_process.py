"""`python bot.py` as anybody starts it, without credentials."""

import json
import os
import secrets
import socket
import sys
from pathlib import Path

from sandbox.child import Child
from sandbox.sentry import Sentry
from settings import setting_names

REPOSITORY = Path(__file__).resolve().parents[2]
READY = "What to do next"


class BotProcess:
    """The bot in local mode, with an empty database in `folder`; people can sign in with Sentry."""

    def __init__(self, folder: Path, port: int, sentry: Sentry) -> None:
        chosen = {
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SENTRY_URLS": sentry.url,
            "SENTRY_OAUTH_CLIENTS": json.dumps({sentry.url: sentry.oauth_client}),
        }
        # What the developer's own environment and .env say must not count: an empty variable goes before .env.
        environment = {**os.environ, **dict.fromkeys(setting_names(), ""), **chosen}
        self.child = Child([sys.executable, "bot.py"], REPOSITORY, READY, environment)


def bot_url(port: int) -> str:
    """Return the address of a bot on that port."""
    return f"http://localhost:{port}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
