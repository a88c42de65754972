"""The bot comes to a place and leaves it, through the real door."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from sandbox.teams import (
    Bot,
    GroupChat,
    PersonalChat,
    Team,
    install_group_chat,
    install_personal,
    install_team,
    installation_update,
    member_added,
    message,
    new_group_chat,
    new_person,
    new_personal_chat,
    new_team,
    remove,
    team_deleted,
)
from tests.conftest import ServedBot

T0 = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def installs(place: Any, at: datetime = T0) -> list[dict[str, Any]]:
    """Both events of one installation, at the same millisecond."""
    builders: dict[type, Any] = {Team: install_team, PersonalChat: install_personal, GroupChat: install_group_chat}
    return [builders[type(place)](place, at=at), installation_update(place, at=at)]


PLACES = pytest.mark.parametrize("new_place", [new_team, new_personal_chat, new_group_chat])


def texts(microsoft: Microsoft) -> list[str]:
    return [posted.activity["summary"] for posted in microsoft.connector.activities]


@PLACES
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0,), (1,), (0, 1, 0, 1)])
async def test_one_card_for_any_events_of_one_installation(
    bot: ServedBot, microsoft: Microsoft, new_place: Any, order: tuple[int, ...]
) -> None:
    events = installs(new_place())
    for index in order:
        assert (await bot.teams.post(events[index])).status == 201
    assert len(microsoft.connector.activities) == 1


@PLACES
async def test_one_card_for_events_that_arrive_together(bot: ServedBot, microsoft: Microsoft, new_place: Any) -> None:
    events = installs(new_place()) * 5
    answers = await asyncio.gather(*(bot.teams.post(event) for event in events))
    assert {answer.status for answer in answers} == {201}
    assert len(microsoft.connector.activities) == 1


async def test_one_card_from_two_bots_on_one_database(start_bot: Any, microsoft: Microsoft) -> None:
    one, other = await start_bot(), await start_bot()
    first, second = installs(new_team())
    await asyncio.gather(one.teams.post(first), other.teams.post(second))
    assert len(microsoft.connector.activities) == 1


async def test_the_welcome_goes_to_the_channel_that_was_chosen(bot: ServedBot, microsoft: Microsoft) -> None:
    team = new_team()
    await bot.teams.post(installation_update(team))
    assert microsoft.connector.activities[0].conversation_id == team.channel_id


async def test_the_welcome_goes_to_general_when_no_channel_was_chosen(bot: ServedBot, microsoft: Microsoft) -> None:
    team = new_team()
    event = install_team(team)
    del event["channelData"]["settings"]
    await bot.teams.post(event)
    assert microsoft.connector.activities[0].conversation_id == team.team_id


async def test_the_bots_id_is_known_whatever_its_case_and_without_a_recipient(
    bot: ServedBot, microsoft: Microsoft
) -> None:
    team = new_team()
    event = install_team(team)
    event["membersAdded"] = [{"id": f"28:{microsoft.app_id.upper()}"}]
    del event["recipient"]
    await bot.teams.post(event)
    assert len(microsoft.connector.activities) == 1


async def test_other_members_cause_no_call_and_no_card(bot: ServedBot, microsoft: Microsoft) -> None:
    assert (await bot.teams.post(member_added(new_team(), new_person()))).status == 201
    assert not microsoft.connector.requests


async def test_another_bot_is_another_member(bot: ServedBot, microsoft: Microsoft) -> None:
    event = install_team(new_team())
    event["membersAdded"] = [{"id": Bot(app_id="99999999-2222-3333-4444-555555555555").id}]
    await bot.teams.post(event)
    assert not microsoft.connector.requests


@PLACES
async def test_a_second_installation_after_a_removal_greets_again(
    bot: ServedBot, microsoft: Microsoft, new_place: Any
) -> None:
    place = new_place()
    for event in installs(place):
        await bot.teams.post(event)
    await bot.teams.post(installation_update(place, "remove", at=T0 + timedelta(minutes=1)))
    for event in installs(place, T0 + timedelta(minutes=2)):
        await bot.teams.post(event)
    assert len(microsoft.connector.activities) == 2


@PLACES
async def test_an_add_that_is_older_than_the_removal_does_not_greet(
    bot: ServedBot, microsoft: Microsoft, new_place: Any
) -> None:
    place = new_place()
    await bot.teams.post(installation_update(place, "remove", at=T0 + timedelta(minutes=1)))
    for event in installs(place):
        await bot.teams.post(event)
    assert not microsoft.connector.activities


async def test_a_removal_that_is_older_than_the_add_changes_nothing(bot: ServedBot, microsoft: Microsoft) -> None:
    chat = new_personal_chat()
    await bot.teams.post(install_personal(chat, at=T0))
    await bot.teams.post(installation_update(chat, "remove", at=T0 - timedelta(minutes=1)))
    await bot.teams.post(installation_update(chat, at=T0 + timedelta(minutes=1)))
    assert len(microsoft.connector.activities) == 1


@pytest.mark.parametrize(
    "leave",
    [
        lambda team, at: remove(team, at=at),
        lambda team, at: installation_update(team, "remove", at=at),
        lambda team, at: team_deleted(team, at=at),
        lambda team, at: team_deleted(team, hard=True, at=at),
    ],
    ids=["membersRemoved", "installationUpdate", "teamDeleted", "teamHardDeleted"],
)
async def test_every_way_out_of_a_team_is_known(bot: ServedBot, microsoft: Microsoft, leave: Any) -> None:
    team = new_team()
    await bot.teams.post(install_team(team, at=T0))
    await bot.teams.post(leave(team, T0 + timedelta(minutes=1)))
    await bot.teams.post(message(team, "status", mention=True, at=T0 + timedelta(minutes=2)))
    await bot.teams.post(install_team(team, at=T0 + timedelta(minutes=3)))
    assert [summary.partition(" ")[0] for summary in texts(microsoft)] == ["Set", "No", "Set"]


async def test_members_added_and_removed_in_one_event_are_both_seen(bot: ServedBot, microsoft: Microsoft) -> None:
    team, person = new_team(), new_person()
    event = {**install_team(team), "membersRemoved": [{"id": person.id}]}
    await bot.teams.post(event)
    assert len(microsoft.connector.activities) == 1


async def test_an_upgrade_of_the_app_is_no_arrival(bot: ServedBot, microsoft: Microsoft) -> None:
    assert (await bot.teams.post(installation_update(new_team(), "add-upgrade"))).status == 201
    assert not microsoft.connector.activities


async def test_the_welcome_follows_a_changed_service_url(bot: ServedBot, microsoft: Microsoft) -> None:
    chat = new_personal_chat()
    await bot.teams.post(install_personal(chat))
    moved = {**message(chat, "help"), "serviceUrl": "https://smba.trafficmanager.net/emea/"}
    assert (await bot.teams.post(moved)).status == 201
    assert microsoft.connector.activities[-1].service_url == "https://smba.trafficmanager.net/emea/"


async def test_a_team_id_as_no_team_has_is_no_place(bot: ServedBot, microsoft: Microsoft) -> None:
    event = install_team(new_team())
    event["channelData"]["team"]["id"] = "19:" + "x" * 5000
    assert (await bot.teams.post(event)).status == 201
    assert not microsoft.connector.activities
