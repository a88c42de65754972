"""Microsoft's other clouds by one setting: another issuer, other keys, another authority, scope and hosts."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from sandbox.places import new_personal_chat
from sandbox.teams import install_personal
from tests.conftest import ServedBot

StartBot = Callable[..., Awaitable[ServedBot]]
PUBLIC_HOST = "smba.trafficmanager.net"
GCC_HOST = "smba.infra.gcc.teams.microsoft.com"
HOSTS = {
    "usgov": "smba.infra.gov.teams.microsoft.us",
    "https://botframework.azure.us": "smba.infra.gov.teams.microsoft.us",
    "dod": "smba.infra.dod.teams.microsoft.us",
}
GOVERNMENT = "https://api.botframework.us"
PUBLIC = "https://api.botframework.com"


async def install(bot: ServedBot, microsoft: Microsoft, host: str, issuer: str) -> tuple[int, Any]:
    """Add the bot to a chat in the cloud of `host`; return the status, and the error if there is one."""
    url = f"https://{host}/teams/"
    token = microsoft.channel.token(iss=issuer, serviceurl=url)
    answer = await bot.teams.post(install_personal(new_personal_chat(service_url=url)), token)
    return answer.status, answer.json() if answer.body else None


@pytest.mark.parametrize("name", HOSTS)
async def test_a_governments_cloud_from_end_to_end(start_bot: StartBot, microsoft: Microsoft, name: str) -> None:
    bot = await start_bot(CHANNEL_SERVICE=name)
    assert await install(bot, microsoft, HOSTS[name], GOVERNMENT) == (201, None)
    assert [posted.service_url for posted in microsoft.connector.activities] == [f"https://{HOSTS[name]}/teams/"]
    assert set(microsoft.connections) == {"login.botframework.azure.us", "login.microsoftonline.us", HOSTS[name]}


async def test_a_governments_bot_for_many_tenants(start_bot: StartBot, microsoft: Microsoft) -> None:
    del microsoft.entra.directories[microsoft.tenant_id]
    many = {"MicrosoftAppType": "MultiTenant", "MicrosoftAppTenantId": None, "ALLOWED_TENANTS": "*"}
    bot = await start_bot(CHANNEL_SERVICE="usgov", **many)
    assert await install(bot, microsoft, HOSTS["usgov"], GOVERNMENT) == (201, None)
    assert len(microsoft.connector.activities) == 1


@pytest.mark.parametrize(
    ("service", "sender", "status"),
    [
        ("public", (PUBLIC_HOST, PUBLIC), 201),
        ("public", (GCC_HOST, PUBLIC), 201),
        ("public", (PUBLIC_HOST, GOVERNMENT), 401),
        ("public", (HOSTS["usgov"], PUBLIC), 403),
        ("public", (HOSTS["dod"], PUBLIC), 403),
        ("usgov", (HOSTS["usgov"], PUBLIC), 401),
        ("usgov", (PUBLIC_HOST, GOVERNMENT), 403),
        ("usgov", (GCC_HOST, GOVERNMENT), 403),
        ("usgov", (HOSTS["dod"], GOVERNMENT), 403),
        ("dod", (HOSTS["dod"], GOVERNMENT), 201),
        ("dod", (HOSTS["usgov"], GOVERNMENT), 403),
    ],
)
async def test_clouds_do_not_mix(
    start_bot: StartBot, microsoft: Microsoft, service: str, sender: tuple[str, str], status: int
) -> None:
    bot = await start_bot(CHANNEL_SERVICE=service)
    assert (await install(bot, microsoft, *sender))[0] == status
    assert len(microsoft.connector.activities) == (1 if status == 201 else 0)


async def test_the_governments_own_outbound_token_opens_nothing(start_bot: StartBot, microsoft: Microsoft) -> None:
    bot = await start_bot(CHANNEL_SERVICE="usgov")
    own = microsoft.entra.token(audience=GOVERNMENT)
    answer = await bot.teams.post(install_personal(new_personal_chat()), own)
    assert answer.status == 401
