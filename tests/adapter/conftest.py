from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from adapter.seam import Seam
from model import ConversationReference
from sandbox.microsoft import Microsoft
from tests.adapter.serving import WatchedBot, outbound, watched_bot
from tests.authorities import reach
from tests.conftest import SECRET_KEY


def identity_of(microsoft: Microsoft) -> dict[str, str]:
    """The settings of a registered bot; its database is still missing."""
    return {
        "MicrosoftAppId": microsoft.app_id,
        "MicrosoftAppPassword": microsoft.app_secret,
        "MicrosoftAppTenantId": microsoft.tenant_id,
        "PUBLIC_URL": "https://bot.example.org",
        "SECRET_KEY": SECRET_KEY,
        "HTTPS_PROXY": microsoft.environment["HTTPS_PROXY"],
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(microsoft_cloud: Microsoft, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WatchedBot]:
    """The whole bot for all tests of a module, in the module's event loop."""
    microsoft_cloud.reset()
    database = tmp_path_factory.mktemp("watched") / "bot.db"
    with pytest.MonkeyPatch.context() as patch:
        reach(microsoft_cloud, patch)
        async with watched_bot(identity_of(microsoft_cloud), microsoft_cloud, database) as bot:
            yield bot


@pytest.fixture
async def seam(values: dict[str, str]) -> AsyncIterator[Seam]:
    async with outbound(dict(values)) as opened:
        yield opened


@pytest.fixture
def chat(microsoft: Microsoft) -> ConversationReference:
    return ConversationReference(microsoft.service_url, "a:1chat", microsoft.tenant_id)
