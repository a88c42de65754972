"""The bot, a Sentry to connect it to, and the Agents Playground in place of Teams: python -m sandbox.demo."""

import json
import signal
import socket
import sys

from sandbox.local_bot import LocalBot
from sandbox.playground import Playground, PlaygroundMissing
from sandbox.sentry import Sentry
from sandbox.sentry_pages import HOME

USUAL_PORT = 3978
TOKEN_WITHOUT_PERMISSION = "demo-token-without-permission"
WHAT_TO_DO = """
Ready. Nothing here needs an account, and the bot talks to this machine only.

1. Open    {playground}
   That is the Agents Playground, in place of Teams. The bot greets you in the personal chat;
   choose "Group Chat" or "General" on the left, and it is added there, too.

2. Press   "Set up Sentry" on the bot's card, and type:

   Organization slug   {organization}
   Token               {token}
   Client secret       {client_secret}

   Any other token is refused, and {no_permission} may read nothing.

3. Open    {sentry}
   That is the Sentry: raise an alert there, and its card appears where you are connected. What you press on the card
   you see there; the first time the bot asks you to sign in with Sentry, as Dana, Ravi or Mia.

4. Write   help, status or disconnect. In the group chat and in the channels, begin with @Test Bot; in a channel,
   reply to the bot's card (the Playground does not show every quick answer to a new post).
   To see the bot leave and come back: "Mock an Activity", "Uninstall application", "Install application".
   A reload empties the Playground's chats; the bot stays where it is and greets nobody twice. Write setup.

Ctrl-C ends it all and forgets it.
"""


def main() -> int:
    """Run until Ctrl-C; returns the exit status."""
    # SIGINT as well: a shell's background jobs begin with it ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        _run()
    except PlaygroundMissing as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Bye.")
    return 0


def _run() -> None:
    with (
        Sentry() as sentry,
        LocalBot(_free_port(), sentry.url, json.dumps({sentry.url: sentry.oauth_client})) as bot,
        Playground(bot.endpoint) as playground,
    ):
        sentry.serve(bot.settings.public_url)
        print(_what_to_do(sentry, playground), flush=True)
        playground.wait()


def _what_to_do(sentry: Sentry, playground: Playground) -> str:
    slug = sentry.organization.slug
    return WHAT_TO_DO.format(
        playground=playground.url,
        organization=slug,
        token=sentry.token,
        client_secret=sentry.app.client_secret,
        sentry=f"{sentry.url}{HOME}",
        no_permission=sentry.add_token(slug, scopes=("project:read",), token=TOKEN_WITHOUT_PERMISSION),
    )


def _free_port() -> int:
    """Return the port that every bot's documentation names, or another one while that one is taken."""
    for port in (USUAL_PORT, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as listener:
                return int(listener.getsockname()[1])
        except OSError:
            continue
    raise OSError("there is no free port on this machine")


if __name__ == "__main__":
    sys.exit(main())
