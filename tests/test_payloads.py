"""Activities that nobody here wrote (tests/payloads/SOURCES.md), through the real server.

Each goes to a bot of the app id that it is addressed to, signed by the channel for that app and its service URL.
"""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from sandbox.microsoft import Microsoft
from tests.conftest import ServedBot
from tests.local_connector import local_connector

FOLDER = Path(__file__).parent / "payloads"
GUID = re.compile(r"28:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
COMMANDS = "setup, status, subscribe, subscriptions, unsubscribe, mute, unmute, test, issue, link, disconnect, help"
UNKNOWN = f"I did not understand that. Commands: {COMMANDS}"
SAMPLE = "Sample: ValueError: bad total (sample, production), 42 events, 7 users"
StartBot = Callable[..., Awaitable[ServedBot]]

# file: (status, what the store holds afterwards, the summaries of the cards that the bot posted)
Outcome = tuple[int, str | None, list[str]]
NOTHING: Outcome = (201, None, [])
OUTCOMES: dict[str, Outcome] = {
    "channel_created": NOTHING,
    "channel_deleted": NOTHING,
    "channel_message_mention_2025": (201, None, [SAMPLE]),
    "channel_message_thread_reply_no_mention_2025": NOTHING,
    "channel_renamed": NOTHING,
    "channel_restored": NOTHING,
    "channel_submit_action_value_2026": NOTHING,
    "directline_message": (403, None, []),
    "emulator_conversationupdate_bot_added": (403, None, []),
    "emulator_conversationupdate_user_added": (403, None, []),
    "emulator_message": (403, None, []),
    "groupchat_message_mention_botbuilderjs": (201, None, [SAMPLE]),
    "install_add_team_2025": (201, "team", ["Set up Sentry for Acme Corp"]),
    "install_add_team_docs2021": (201, "team", ["Set up Sentry for TestTeam2022"]),
    "invoke_adaptivecard_action_personal_2026": (200, None, []),
    "meeting_other_member_added_docs": (403, None, []),  # canary.botapi.skype.com
    "minimal_bot_removed": (400, None, []),  # from here on: neither serviceUrl nor conversation
    "minimal_channel_shared": (400, None, []),
    "minimal_install_add_upgrade": (400, None, []),
    "minimal_install_remove": (400, None, []),
    "minimal_team_hard_deleted": (400, None, []),
    "personal_bot_and_user_added_docs": (201, "tenant", ["Set up Sentry for this chat"]),
    "personal_message_2026": (201, None, [UNKNOWN]),
    "personal_message_docs": (201, None, [UNKNOWN]),
    "personal_user_and_bot_added_v3sdk": (201, "tenant", ["Set up Sentry for this chat"]),
    "reaction_added_channel_2026": NOTHING,
    "reaction_removed_channel_docs": NOTHING,
    "team_archived": NOTHING,
    "team_bot_added_2025": (201, "team", ["Set up Sentry for Acme Corp"]),
    "team_bot_added_docs2021": (201, "team", ["Set up Sentry for TestTeam2022"]),
    "team_deleted": (201, "team, removed", []),
    "team_other_member_added_v3sdk": NOTHING,
    "team_other_member_removed_docs": NOTHING,
    "team_renamed": NOTHING,
    "team_restored_lowercase": NOTHING,
    "team_unarchived": NOTHING,
}
IN_THE_EMULATOR: dict[str, Outcome] = {
    "emulator_conversationupdate_bot_added": (201, "tenant", ["Set up Sentry for this chat"]),
    "emulator_conversationupdate_user_added": NOTHING,
    "emulator_message": (201, None, [UNKNOWN]),
}


def payload(name: str) -> dict[str, Any]:
    activity: dict[str, Any] = orjson.loads((FOLDER / f"{name}.json").read_bytes())
    return activity


def stored(database: Path) -> str | None:
    """The one row of the store: its kind, and whether it is only the memory of a removal."""
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT kind, removed_at FROM installations").fetchall()
    connection.close()
    assert len(rows) <= 1
    return f"{rows[0][0]}{', removed' if rows[0][1] else ''}" if rows else None


def app_id_for(activity: dict[str, Any], default: str) -> str:
    """The app id that an activity is addressed to; some sources have put a placeholder there."""
    added = [member["id"] for member in activity.get("membersAdded", [])]
    found = [match[1] for text in (activity.get("recipient", {}).get("id", ""), *added) if (match := GUID.match(text))]
    return found[0] if found else default


def test_the_table_names_every_payload() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == OUTCOMES.keys()


@pytest.mark.parametrize("name", OUTCOMES)
async def test_payload(
    name: str, start_bot: StartBot, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    activity = payload(name)
    app_id = app_id_for(activity, microsoft.app_id)
    monkeypatch.setattr(microsoft.entra, "app_id", app_id)
    bot = await start_bot(MicrosoftAppId=app_id, ALLOWED_TENANTS="*")
    token = microsoft.channel.token(aud=app_id, serviceurl=activity.get("serviceUrl"))
    answer = await bot.teams.post(activity, token)
    summaries = [posted.activity["summary"] for posted in microsoft.connector.activities]
    assert (answer.status, stored(tmp_path / "bot.db"), summaries) == OUTCOMES[name]
    assert microsoft.connector.requests.total() == len(summaries)


@pytest.mark.parametrize("name", IN_THE_EMULATOR)
async def test_payload_in_local_mode(name: str, start_bot: StartBot, tmp_path: Path) -> None:
    bot = await start_bot(MicrosoftAppId=None, MicrosoftAppPassword=None, MicrosoftAppTenantId=None, PUBLIC_URL=None)
    async with local_connector() as connector:
        answer = await bot.teams.post({**payload(name), "serviceUrl": connector.url}, token="")
        summaries = [activity["summary"] for activity in connector.activities]
    assert (answer.status, stored(tmp_path / "bot.db"), summaries) == IN_THE_EMULATOR[name]
    assert set(connector.tokens) <= {None}


async def test_payloads_of_foreign_tenants_are_refused_by_default(bot: ServedBot, tmp_path: Path) -> None:
    refused = {}
    for name, (status, _, _) in OUTCOMES.items():
        activity = payload(name)
        if status < 400 and activity["channelData"]["tenant"]["id"] != "a1b2c3d4-e5f6-7890-abcd-ef1234567890":
            refused[name] = (await bot.teams.post(activity)).status
    assert set(refused.values()) == {403}
    assert len(refused) == 19
    assert stored(tmp_path / "bot.db") is None


@pytest.mark.parametrize("odd", [None, {}, [], "team", 7, {"team": "x", "tenant": [], "eventType": 5}])
async def test_no_payload_is_too_odd_for_an_answer(bot: ServedBot, odd: object) -> None:
    for name in OUTCOMES:
        activity = {**payload(name), "channelData": odd}
        assert (await bot.teams.post(activity)).status < 500, name
