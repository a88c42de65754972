"""People talk to the bot: commands, buttons, and everything that is neither."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import (
    Bot,
    GroupChat,
    PersonalChat,
    Team,
    channel_renamed,
    execute,
    install_personal,
    install_team,
    installation_update,
    message,
    new_group_chat,
    new_personal_chat,
    new_team,
    submit,
    team_renamed,
)
from tests.conftest import ServedBot
from tests.handlers import talk
from tests.handlers.talk import connect, last_card, page, say, setup_path, summaries

NAMES = "setup, status, subscribe, subscriptions, unsubscribe, mute, unmute, test, issue, link, disconnect, help"
HELP = f"Commands: {NAMES}"
UNKNOWN = f"I did not understand that. {HELP}"
ORGANIZATION = "The Interstellar Jurisdiction"
ASKED = {"command": "disconnect", "confirmed": True}
PLACES = pytest.mark.parametrize("new_place", [new_team, new_personal_chat, new_group_chat])


@PLACES
async def test_each_command_has_its_card(bot: ServedBot, microsoft: Microsoft, new_place: Any) -> None:
    place = new_place()
    assert {await say(bot, place, command) for command in ("help", "status", "disconnect", "setup")} == {201}
    named: dict[type, str] = {Team: "this team", GroupChat: "this group chat", PersonalChat: "this chat"}
    here = named[type(place)]
    assert summaries(microsoft) == [
        HELP,
        f"No Sentry organization is connected to {here}",
        "Nothing to disconnect here",
        f"New setup link for {here}",
    ]


async def test_case_spaces_tags_and_line_breaks_do_not_matter(bot: ServedBot, microsoft: Microsoft) -> None:
    chat, team = new_personal_chat(), new_team()
    for text in (
        "HELP",
        "  help \n",
        "\r\nhelp\r\n",
        "<b>Help</b>",
        "&nbsp;help\u00a0",
        "help!",
        "<p>\n<em>hELP</em>\n",
    ):
        microsoft.connector.activities.clear()
        await say(bot, chat, text)
        await say(bot, team, text)
        await microsoft.connector.arrived(2)
        assert summaries(microsoft) == [HELP, HELP], text


@pytest.mark.parametrize("template", ["{at} help", "help {at}", "{at}help", "\n{at}\n\nhelp\n"])
async def test_the_mention_may_stand_anywhere_and_carry_any_name(
    bot: ServedBot, microsoft: Microsoft, template: str
) -> None:
    activity = message(new_team(bot=Bot(name="help me, Rhonda")), "", mention=True)
    activity["text"] = template.format(at="<at>help me, Rhonda</at>")
    await bot.teams.post(activity)
    assert summaries(microsoft) == [HELP]


async def test_a_mention_of_somebody_else_with_the_bots_name_is_none(bot: ServedBot, microsoft: Microsoft) -> None:
    activity = message(new_team(), "help", mention=True)
    activity["entities"][0]["mentioned"]["id"] = "28:99999999-2222-3333-4444-555555555555"
    assert (await bot.teams.post(activity)).status == 201
    assert not microsoft.connector.requests


async def test_the_bots_name_in_the_text_is_no_mention(bot: ServedBot, microsoft: Microsoft) -> None:
    assert await say(bot, new_team(), "<at>Chat SDK Demo</at> help", mention=False) == 201
    assert not microsoft.connector.requests


async def test_a_mention_counts_whatever_the_case_of_its_id(bot: ServedBot, microsoft: Microsoft) -> None:
    activity = message(new_group_chat(), "help", mention=True)
    activity["entities"][0]["mentioned"]["id"] = f"28:{microsoft.app_id.upper()}"
    activity["entities"] = [
        None,
        "mention",
        {"type": "mention"},
        {"type": "mention", "mentioned": 5},
        *activity["entities"],
    ]
    await bot.teams.post(activity)
    assert summaries(microsoft) == [HELP]


@pytest.mark.parametrize("new_place", [new_team, new_group_chat])
async def test_a_message_without_mention_gets_nothing(bot: ServedBot, microsoft: Microsoft, new_place: Any) -> None:
    place = new_place()
    for text in ("help", "setup", "status", "disconnect", "good morning"):
        assert await say(bot, place, text, mention=False) == 201
    assert not microsoft.connector.requests


@PLACES
async def test_anything_else_gets_a_short_card_that_does_not_repeat_it(
    bot: ServedBot, microsoft: Microsoft, new_place: Any
) -> None:
    place, texts = new_place(), ["", "helpme", "setup now", "/help", "<script>evil()</script> [x](http://evil) **b**"]
    assert {await say(bot, place, text) for text in texts} == {201}
    assert summaries(microsoft) == [UNKNOWN] * len(texts)
    assert b"evil" not in orjson.dumps(last_card(microsoft))


async def test_an_answer_stays_in_the_thread(bot: ServedBot, microsoft: Microsoft) -> None:
    team = new_team()
    await say(bot, team, "help", thread="1766459963017")
    assert microsoft.connector.activities[0].conversation_id == f"{team.channel_id};messageid=1766459963017"


@pytest.mark.parametrize("new_place", [new_personal_chat, new_group_chat])
async def test_an_answer_goes_to_the_chat(bot: ServedBot, microsoft: Microsoft, new_place: Any) -> None:
    chat = new_place()
    await say(bot, chat, "help")
    assert microsoft.connector.activities[0].conversation_id == chat.id


@PLACES
async def test_setup_lets_the_older_link_die(bot: ServedBot, microsoft: Microsoft, new_place: Any) -> None:
    place = new_place()
    await bot.teams.post(talk.INSTALL[type(place)](place))
    older = setup_path(microsoft)
    await say(bot, place, "setup")
    assert [(await page(bot, path))[0] for path in (older, setup_path(microsoft))] == [410, 200]


@PLACES
async def test_removal_lets_the_link_die(bot: ServedBot, microsoft: Microsoft, new_place: Any) -> None:
    place = new_place()
    await bot.teams.post(talk.INSTALL[type(place)](place))
    await bot.teams.post(installation_update(place, "remove", at=datetime.now(UTC) + timedelta(seconds=1)))
    status, shown = await page(bot, setup_path(microsoft))
    assert status == 404
    assert "The bot is not there any more" in shown.text


@PLACES
async def test_setup_works_where_teams_never_told_of_an_installation(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, new_place: Any
) -> None:
    place = new_place()
    await say(bot, place, "setup")
    await talk.finish_setup(bot, microsoft, sentry)
    await say(bot, place, "status")
    assert summaries(microsoft)[-1].startswith(f"{ORGANIZATION} is connected to this")


async def test_a_finished_setup_takes_the_button_from_the_newest_setup_card(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry
) -> None:
    chat = new_personal_chat()
    await bot.teams.post(install_personal(chat))
    await say(bot, chat, "setup")
    await talk.finish_setup(bot, microsoft, sentry)
    (replaced,) = [posted for posted in microsoft.connector.activities if posted.method == "PUT"]
    assert replaced.activity_id == microsoft.connector.activities[1].activity_id
    assert "actions" not in talk.content(replaced.activity)


async def test_a_setup_card_in_another_channel_leaves_the_welcome_card_to_be_replaced(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry
) -> None:
    team = new_team()
    await bot.teams.post(install_team(team))
    await say(bot, replace(team, channel_id="19:another@thread.tacv2"), "setup")
    await talk.finish_setup(bot, microsoft, sentry)
    (replaced,) = [posted for posted in microsoft.connector.activities if posted.method == "PUT"]
    assert replaced.activity_id == microsoft.connector.activities[0].activity_id


@PLACES
async def test_status_says_what_is_connected_since_when_and_by_whom(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, new_place: Any
) -> None:
    place, before = new_place(), datetime.now(UTC)
    await connect(bot, microsoft, sentry, place)
    await say(bot, place, "status")
    (table,) = [element for element in last_card(microsoft)["body"] if element["type"] == "FactSet"]
    shown = {fact["title"]: fact["value"] for fact in table["facts"]}
    assert shown["Organization"].startswith(f"[{ORGANIZATION}]({sentry.url}/organizations/")
    assert shown["Connected by"] == "Ada Lovelace"
    since = datetime.fromisoformat(shown["Since"].partition("DATE(")[2].partition(",")[0])
    assert before.replace(microsecond=0) <= since <= datetime.now(UTC)


@PLACES
async def test_disconnect_asks_and_then_does(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, new_place: Any
) -> None:
    place = new_place()
    await connect(bot, microsoft, sentry, place)
    await say(bot, place, "disconnect")
    await say(bot, place, "status")
    button = last_card_before_status(microsoft)["actions"][0]
    answer = await bot.teams.post(execute(place, button["data"], verb=button["verb"]))
    await say(bot, place, "status")
    assert (answer.status, answer.json()["statusCode"]) == (200, 200)
    assert answer.json()["type"] == "application/vnd.microsoft.card.adaptive"
    assert "was disconnected by Test User" in answer.body.decode()
    assert [text.partition(" is connected")[0] for text in summaries(microsoft)[-3:]] == [
        f"Disconnect {ORGANIZATION}?",
        ORGANIZATION,
        "No Sentry organization",
    ]


def last_card_before_status(microsoft: Microsoft) -> dict[str, Any]:
    return talk.content(microsoft.connector.activities[-2].activity)


@PLACES
async def test_disconnect_works_in_clients_that_only_submit(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry, new_place: Any
) -> None:
    place = new_place()
    await connect(bot, microsoft, sentry, place)
    await say(bot, place, "disconnect")
    fallback = last_card(microsoft)["actions"][0]["fallback"]
    assert (await bot.teams.post(submit(place, fallback["data"]))).status == 201
    await say(bot, place, "status")
    assert summaries(microsoft)[-2] == f"Disconnected from {ORGANIZATION}"
    assert summaries(microsoft)[-1].startswith("No Sentry organization is connected")


async def test_disconnect_can_be_called_off(bot: ServedBot, microsoft: Microsoft, sentry: Sentry) -> None:
    chat = new_personal_chat()
    await connect(bot, microsoft, sentry, chat)
    await say(bot, chat, "disconnect")
    button = last_card(microsoft)["actions"][1]
    answer = await bot.teams.post(execute(chat, button["data"], verb=button["verb"]))
    await bot.teams.post(submit(chat, button["fallback"]["data"]))
    await say(bot, chat, "status")
    assert "Still connected to Sentry" in answer.body.decode()
    assert summaries(microsoft)[-2] == f"Still connected to {ORGANIZATION}"
    assert summaries(microsoft)[-1].startswith(f"{ORGANIZATION} is connected")


async def test_only_a_plain_yes_disconnects(bot: ServedBot, microsoft: Microsoft, sentry: Sentry) -> None:
    chat = new_personal_chat()
    await connect(bot, microsoft, sentry, chat)
    almost: list[object] = ["true", 1, None, {}, []]
    for confirmed in almost:
        assert (await bot.teams.post(execute(chat, {**ASKED, "confirmed": confirmed}))).status == 200
    await say(bot, chat, "status")
    assert summaries(microsoft)[-1].startswith(f"{ORGANIZATION} is connected")


async def test_disconnecting_twice_says_that_there_is_nothing_left(
    bot: ServedBot, microsoft: Microsoft, sentry: Sentry
) -> None:
    chat = new_personal_chat()
    await connect(bot, microsoft, sentry, chat)
    answers = [await bot.teams.post(execute(chat, ASKED)) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert "There is nothing to disconnect here" in answers[1].body.decode()


async def test_a_button_can_carry_a_command(bot: ServedBot, microsoft: Microsoft) -> None:
    team = new_team()
    await say(bot, team, "status")
    (button,) = last_card(microsoft)["actions"]
    assert (await bot.teams.post(submit(team, button["data"], card_id="1766459963017"))).status == 201
    assert summaries(microsoft)[-1] == "New setup link for this team"
    assert microsoft.connector.activities[-1].conversation_id == f"{team.channel_id};messageid=1766459963017"


async def test_a_message_that_teams_sends_again_is_answered_once(bot: ServedBot, microsoft: Microsoft) -> None:
    first, second = message(new_personal_chat(), "help"), message(new_personal_chat(), "help")
    assert [(await bot.teams.post(event)).status for event in (first, first, second)] == [201, 201, 201]
    assert summaries(microsoft) == [HELP, HELP]


async def test_a_click_that_teams_sends_again_acts_once(bot: ServedBot, microsoft: Microsoft, sentry: Sentry) -> None:
    chat = new_personal_chat()
    await connect(bot, microsoft, sentry, chat)
    click = execute(chat, ASKED)
    answers = [await bot.teams.post(click)]
    await say(bot, chat, "setup")
    await talk.finish_setup(bot, microsoft, sentry)
    answers.append(await bot.teams.post(click))
    await say(bot, chat, "status")
    assert [answer.status for answer in answers] == [200, 200]
    assert summaries(microsoft)[-1].startswith(f"{ORGANIZATION} is connected")


NO_DATA: list[object] = [None, [], "setup", {}, {"command": ""}]
MALFORMED: list[object] = [
    *(None, {}, [], "x", 5, {"action": None}, {"action": "x"}, {"action": {"type": "Action.Submit"}}),
    *({"action": {"type": "Action.Execute", "data": data}} for data in NO_DATA),
]


async def test_a_malformed_button_gets_an_error_in_the_body(bot: ServedBot, microsoft: Microsoft) -> None:
    chat = new_personal_chat()
    for value in MALFORMED:
        answer = await bot.teams.post({**execute(chat, {}), "value": value})
        assert (answer.status, answer.json()["statusCode"]) == (200, 400), value
        assert answer.json()["type"] == "application/vnd.microsoft.error"
        assert answer.json()["value"].keys() == {"code", "message"}
    assert not microsoft.connector.requests


async def test_an_invoke_that_nobody_here_knows_is_not_implemented(bot: ServedBot, microsoft: Microsoft) -> None:
    invoke = execute(new_personal_chat(), ASKED)
    for name in ("task/fetch", "composeExtension/submitAction", "signin/verifyState", "odd", "", None):
        answer = await bot.teams.post({**invoke, "name": name})
        assert (answer.status, answer.body) == (501, b""), name
    assert not microsoft.connector.requests


OTHER_EVENTS: dict[str, dict[str, Any]] = {
    "like": {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
    "unlike": {"type": "messageReaction", "reactionsRemoved": [{"type": "like"}, None, 5]},
    "edited": {"type": "messageUpdate", "text": "help"},
    "deleted": {"type": "messageDelete"},
    "typing": {"type": "typing"},
    "event": {"type": "event", "name": "application/vnd.microsoft.meetingStart", "value": {"x": 1}},
    "end": {"type": "endOfConversation"},
    "unknown": {"type": "somethingNew"},
    "upper case": {"type": "CONVERSATIONUPDATE"},
    "no members": {"type": "conversationUpdate"},
    "odd members": {"type": "conversationUpdate", "membersAdded": [None, {}, 5, {"id": None}, {"id": 7}]},
    "odd leavers": {"type": "conversationUpdate", "membersRemoved": [None, {}, "x", {"id": ""}]},
    "odd action": {"type": "installationUpdate", "action": "pause"},
    "no action": {"type": "installationUpdate"},
    "no timestamp": {"type": "messageReaction", "timestamp": "yesterday"},
    **{
        name: {"type": "conversationUpdate", "channelData": {"eventType": name, "tenant": None}}
        for name in ("channelCreated", "channelDeleted", "channelShared", "channelMemberAdded", "teamArchived", "odd")
    },
}


async def test_other_events_are_taken_with_one_log_line_each(bot: ServedBot, microsoft: Microsoft) -> None:
    event = {**install_team(new_team()), "membersAdded": []}
    taken = {}
    for name, odd in OTHER_EVENTS.items():
        with capture_logs() as lines:
            status = (await bot.teams.post({**event, **odd})).status
        taken[name] = (status, [line["log_level"] for line in lines if line["event"] != "signing keys fetched"])
    assert taken == dict.fromkeys(OTHER_EVENTS, (201, ["info"]))
    assert not microsoft.connector.requests


async def test_an_installation_survives_odd_channel_data(bot: ServedBot, microsoft: Microsoft) -> None:
    odd: list[object] = [None, {}, [], "x", 5, {"team": None, "tenant": 3}, {"team": [], "settings": "x"}]
    for channel_data in odd:
        assert (await bot.teams.post({**install_team(new_team()), "channelData": channel_data})).status == 201
    assert summaries(microsoft) == ["Set up Sentry for this team"] * len(odd)


async def test_an_activity_that_names_no_tenant_is_noted_and_left(start_bot: Any, microsoft: Microsoft) -> None:
    bot = await start_bot(ALLOWED_TENANTS="*")
    event = install_personal()
    event["channelData"] = None
    del event["conversation"]["tenantId"]
    with capture_logs() as lines:
        assert (await bot.teams.post(event)).status == 201
    assert ("activity handled", "no_place") in [(line["event"], line.get("outcome")) for line in lines]
    assert not microsoft.connector.requests


@pytest.mark.parametrize("event", ["team", "channel", "topic"])
async def test_a_new_name_is_used_from_then_on(bot: ServedBot, microsoft: Microsoft, event: str) -> None:
    place = new_group_chat("Old name") if event == "topic" else new_team("Old name")
    await bot.teams.post(talk.INSTALL[type(place)](place))
    await bot.teams.post(renamed(place, event, "New name"))
    await say(bot, place, "setup")
    assert summaries(microsoft) == ["Set up Sentry for Old name", "New setup link for New name"]


def renamed(place: Any, event: str, name: str) -> dict[str, Any]:
    if event == "team":
        return team_renamed(place, name)
    if event == "topic":
        return {**install_personal(), "conversation": place.conversation, "membersAdded": [], "topicName": name}
    activity = channel_renamed(place, place.channel_id, "Some channel")
    activity["channelData"]["team"]["name"] = name
    return activity


async def test_a_renamed_channel_does_not_rename_its_team(bot: ServedBot, microsoft: Microsoft) -> None:
    team = new_team("Acme Corp")
    await bot.teams.post(install_team(team))
    event = channel_renamed(team, team.channel_id, "Some channel")
    del event["channelData"]["team"]["name"]
    await bot.teams.post(event)
    await say(bot, team, "setup")
    assert summaries(microsoft)[-1] == "New setup link for Acme Corp"
