import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web

from sandbox import teams
from sandbox.microsoft import Microsoft

TEAM = teams.Team()


@pytest.fixture
async def bot_url() -> AsyncIterator[str]:
    """A bot that answers what it was sent."""

    async def echo(request: web.Request) -> web.Response:
        headers = {name: request.headers.get(name) for name in ("Authorization", "Content-Type", "User-Agent")}
        return web.json_response({"headers": headers, "body": (await request.read()).decode()})

    application = web.Application()
    application.router.add_post("/api/messages", echo)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_an_activity_is_posted_with_the_channels_token_for_its_service_url(
    ms: Microsoft, session: aiohttp.ClientSession, bot_url: str
) -> None:
    channel = teams.Teams(ms, bot_url, session)
    activity = teams.install_team(teams.new_team(service_url="https://smba.trafficmanager.net/emea/"))
    answer = await channel.post(activity)
    sent = answer.json()
    scheme, token = sent["headers"]["Authorization"].split()
    claims = jwt.decode(token, ms.openid.teams_key.private.public_key(), ["RS256"], audience=ms.app_id)
    assert (answer.status, scheme, claims["serviceurl"]) == (200, "Bearer", activity["serviceUrl"])
    assert json.loads(sent["body"]) == activity
    assert not ms.proxy.connections


async def test_a_token_can_be_replaced_and_left_out(
    ms: Microsoft, session: aiohttp.ClientSession, bot_url: str
) -> None:
    channel = teams.Teams(ms, bot_url, session)
    with_other = (await channel.post({}, token="other")).json()
    without = (await channel.post({}, token="")).json()
    raw = (await channel.post_raw(b"{oops", {})).json()
    assert with_other["headers"]["Authorization"] == "Bearer other"
    assert without["headers"]["Authorization"] is None
    assert (raw["body"], raw["headers"]["Content-Type"]) == ("{oops", None)


RECORDED = Path(__file__).parents[1] / "payloads"


@pytest.mark.parametrize(
    ("built", "recorded"),
    [
        (teams.install_team(TEAM), "team_bot_added_2025"),
        (teams.installation_update(TEAM), "install_add_team_2025"),
        (teams.message(teams.PersonalChat(), "Hey"), "personal_message_2026"),
        (teams.message(TEAM, "test", mention=True), "channel_message_mention_2025"),
        (teams.execute(teams.PersonalChat(), {}, card_id="1"), "invoke_adaptivecard_action_personal_2026"),
        (teams.team_renamed(TEAM, "New Team Name"), "team_renamed"),
        (teams.install_personal(with_person=True), "personal_bot_and_user_added_docs"),
        (teams.message(teams.GroupChat(), "test", mention=True), "groupchat_message_mention_botbuilderjs"),
        (teams.emulator_install("http://localhost:5"), "emulator_conversationupdate_bot_added"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_built_activities_have_no_field_that_recorded_ones_lack(built: dict[str, Any], recorded: str) -> None:
    real = json.loads((RECORDED / f"{recorded}.json").read_text())
    assert fields(built) - fields(real) <= SEEN_ELSEWHERE


# Fields that the older of these recordings lack and all newer recordings have.
SEEN_ELSEWHERE = {
    "conversation.tenantId",
    "channelData.team.aadGroupId",
    "timestamp",
    "textFormat",
    "entities.country",
    "entities.locale",
    "entities.platform",
    "entities.type",
    "from.aadObjectId",
    "membersRemoved",
    "conversation.name",
}


def fields(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {name for key, inner in value.items() for name in fields(inner, f"{path}.{key}" if path else key)}
    if isinstance(value, list) and value:
        return {name for inner in value for name in fields(inner, path)}
    return {path}


def test_every_new_place_is_another() -> None:
    places = [teams.new_team(), teams.new_team(), teams.new_personal_chat(), teams.new_group_chat()]
    assert len({place.conversation_id for place in places}) == 4
    assert TEAM.by(teams.new_person()).person != TEAM.person


def test_removals_and_deletions_name_the_bot_or_the_team() -> None:
    assert teams.remove(TEAM)["membersRemoved"] == [{"id": TEAM.bot.id}]
    assert teams.remove(TEAM)["conversation"]["id"] == TEAM.team_id
    assert teams.remove(teams.GroupChat())["channelData"].keys() == {"tenant"}
    assert teams.team_deleted(TEAM, hard=True)["channelData"]["eventType"] == "teamHardDeleted"
    assert teams.member_added(TEAM, teams.Person())["membersAdded"][0]["id"].startswith("29:")
    assert teams.submit(TEAM, {"a": 1}, card_id="5")["conversation"]["id"] == f"{TEAM.channel_id};messageid=5"
    assert teams.channel_renamed(TEAM, "19:x", "New")["channelData"]["channel"] == {"id": "19:x", "name": "New"}
    assert teams.installation_update(TEAM, "remove")["action"] == "remove"
    assert teams.install_group_chat()["membersAdded"] == [{"id": TEAM.bot.id}]
