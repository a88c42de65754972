"""The SDK as it comes: botbuilder-python after Microsoft's sample 57.teams-conversation-bot; stores nothing."""

import os
import sys
import traceback
from pathlib import Path

import orjson
from aiohttp import web
from botbuilder.core import CardFactory, MessageFactory, TurnContext
from botbuilder.core.integration import aiohttp_error_middleware
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import ChannelAccount

CARD = orjson.loads((Path(__file__).parent / "card.json").read_bytes())


class DefaultConfig:
    """The names that the SDK reads."""

    APP_ID = os.environ["MicrosoftAppId"]  # noqa: SIM112
    APP_PASSWORD = os.environ["MicrosoftAppPassword"]  # noqa: SIM112
    APP_TYPE = os.environ["MicrosoftAppType"]  # noqa: SIM112
    APP_TENANTID = os.environ["MicrosoftAppTenantId"]  # noqa: SIM112


ADAPTER = CloudAdapter(ConfigurationBotFrameworkAuthentication(DefaultConfig()))


async def on_error(context: TurnContext, error: Exception) -> None:
    """Do as the sample does."""
    print(f"\n [on_turn_error] unhandled error: {error}", file=sys.stderr)
    traceback.print_exc()
    await context.send_activity("The bot encountered an error or bug.")


ADAPTER.on_turn_error = on_error


class Bot(TeamsActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """Posts a card where it was installed."""

    async def on_members_added_activity(self, members_added: list[ChannelAccount], turn_context: TurnContext) -> None:
        """Greet when the bot itself was added."""
        for member in members_added:
            if member.id == turn_context.activity.recipient.id:
                await turn_context.send_activity(MessageFactory.attachment(CardFactory.adaptive_card(CARD)))


BOT = Bot()


async def messages(request: web.Request) -> web.Response:
    """Hand the request to the SDK."""
    response: web.Response = await ADAPTER.process(request, BOT)
    return response


APP = web.Application(middlewares=[aiohttp_error_middleware])
APP.router.add_post("/api/messages", messages)

if __name__ == "__main__":
    web.run_app(APP, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
