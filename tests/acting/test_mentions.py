"""People who are linked are @mentioned once, where they are, for what concerns them in Sentry."""

import asyncio
from typing import Any

import orjson
import pytest

from sandbox.posted import Posted
from sandbox.sentry_hooks import Alert
from sandbox.sentry_records import User
from sandbox.teams import message, new_group_chat, new_person, new_team
from services.acting.naming import is_named, possible_names
from tests.acting.stage import Stage, text_of
from tests.acting.test_alert_cards import alerts
from tests.handlers.talk import connect, content, happens


async def linked(stage: Stage, user: User, *, member: bool = True) -> Stage:
    """Somebody who has linked that account; `member`: and is in every conversation of the bot's."""
    somebody = stage.by(new_person(f"{user.name} of Teams"))
    await somebody.link(user)
    person = somebody.team.person
    if member:
        stage.microsoft.connector.members.append({"id": person.id, "aadObjectId": person.aad_object_id})
    return somebody


def mentions(stage: Stage, person: Stage) -> list[Posted]:
    """The posts in which that person is mentioned for real: a tag in the text, and its entity."""
    return [each for each in stage.microsoft.connector.activities.copy() if _mentioned(each, person)]


def _mentioned(posted: Posted, person: Stage) -> bool:
    if posted.method != "POST":
        return False
    card = content(posted.activity)
    entities: list[dict[str, Any]] = card.get("msteams", {}).get("entities", [])
    mine = [each for each in entities if each["mentioned"]["id"] == person.team.person.aad_object_id]
    assert all(each["text"] in text_of(card["body"]) for each in mine)
    return bool(mine)


async def assign(stage: Stage, user: User, by: User) -> None:
    """Somebody assigns the issue on Sentry's own pages; returns when the cards show it."""
    await stage.sentry.change_issue(stage.issue.id, {"assignedTo": f"user:{user.id}"}, by)
    await stage.sentry.settled()
    card = alerts(stage, stage.team)[-1].activity_id
    await happens(lambda: user.name in text_of(stage.card(card)["body"]))


async def worked_off(stage: Stage) -> None:
    """Return when nothing waits: no webhook of Sentry's, and nothing that is to be posted."""
    await stage.sentry.settled()
    store = stage.feature.acting.services.store
    async with asyncio.timeout(10):
        while (await store.alerts.waiting())[0] or (await store.deliveries.counts()).waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def assignments(stage: Stage) -> list[Any]:
    """The data of Sentry's webhooks about assignments."""
    return [orjson.loads(each.body)["data"] for each in stage.sentry.deliveries if each.action == "assigned"]


def seen(stage: Stage) -> str:
    """All that was ever posted."""
    return str([each.activity for each in stage.microsoft.connector.activities.copy()])


async def test_who_is_given_an_issue_in_sentry_is_mentioned_once(stage: Stage) -> None:
    dana, ravi = stage.sentry.furniture.dana, stage.sentry.furniture.ravi
    person = await linked(stage, ravi)
    chat = new_group_chat(person=stage.team.person)
    await connect(stage.bot, stage.microsoft, stage.sentry, chat)
    await stage.sentry.raise_issue_alert(Alert(issue_id=stage.issue.id))
    await happens(lambda: alerts(stage, chat) and alerts(stage, stage.team))
    await assign(stage, ravi, dana)
    await happens(lambda: mentions(stage, person))
    for delivery in [each for each in stage.sentry.deliveries if each.resource == "issue"]:
        await stage.sentry.send_again(delivery)
    await stage.sentry.send("issue", "assigned", assignments(stage)[0])
    await worked_off(stage)
    (told,) = mentions(stage, person)
    assert "Dana assigned it to you" in text_of(told.activity)


async def test_who_is_given_it_back_is_mentioned_again_and_who_takes_it_is_not(stage: Stage) -> None:
    dana, ravi = stage.sentry.furniture.dana, stage.sentry.furniture.ravi
    person, other = await linked(stage, ravi), await linked(stage, dana)
    await happens(lambda: alerts(stage, stage.team))
    for count, user in enumerate((ravi, dana, ravi), 1):
        await assign(stage, user, dana)
        await worked_off(stage)
        assert len(mentions(stage, person)) == (count + 1) // 2
    assert mentions(stage, other) == []


async def test_late_webhook_mentions_nobody_who_has_the_issue_no_longer(stage: Stage) -> None:
    dana, ravi = stage.sentry.furniture.dana, stage.sentry.furniture.ravi
    person = await linked(stage, ravi)
    await happens(lambda: alerts(stage, stage.team))
    await assign(stage, ravi, dana)
    await worked_off(stage)
    await assign(stage, dana, dana)
    await worked_off(stage)
    await stage.sentry.send("issue", "assigned", assignments(stage)[0])
    await worked_off(stage)
    assert len(mentions(stage, person)) == 1


@pytest.mark.parametrize("why", ["not there", "not linked", "muted"])
async def test_nobody_is_mentioned_where_they_are_not_or_where_nothing_is_wanted(stage: Stage, why: str) -> None:
    dana, ravi = stage.sentry.furniture.dana, stage.sentry.furniture.ravi
    person = await linked(stage, ravi, member=why != "not there")
    await happens(lambda: alerts(stage, stage.team))
    if why == "not linked":
        await stage.bot.teams.post(message(person.chat, "unlink"))
    if why == "muted":
        await stage.bot.teams.post(message(stage.team, "mute 2h", mention=True))
    await assign(stage, ravi, dana)
    await stage.sentry.comment(stage.issue.id, "**@Ravi** look", dana)
    await worked_off(stage)
    assert mentions(stage, person) == []


@pytest.mark.parametrize("text", ["**@Ravi** please look", "@Ravi, please look", "cc @ravi@example.com"])
async def test_who_is_named_in_a_comment_is_mentioned_in_its_reply_once(stage: Stage, text: str) -> None:
    person = await linked(stage, stage.sentry.furniture.ravi)
    other = new_team("Payments", person=new_person())
    await connect(stage.bot, stage.microsoft, stage.sentry, other)
    await stage.sentry.raise_issue_alert(Alert(issue_id=stage.issue.id))
    await happens(lambda: alerts(stage, other) and alerts(stage, stage.team))
    await stage.sentry.comment(stage.issue.id, text, stage.sentry.furniture.dana)
    await happens(lambda: seen(stage).count("commented on WEB-1") == 2)
    await happens(lambda: mentions(stage, person))
    (told,) = mentions(stage, person)
    assert "commented on" in told.activity["summary"]


async def test_namesakes_and_the_author_are_not_mentioned(stage: Stage) -> None:
    sentry = stage.sentry
    person = await linked(stage, sentry.furniture.ravi)
    other = sentry.state.add_user("Ravi", "other@example.com", sentry.organization.slug)
    namesake = await linked(stage, other)
    await happens(lambda: alerts(stage, stage.team))
    await sentry.comment(stage.issue.id, "**@Ravi** one of you", sentry.furniture.dana)
    await sentry.comment(stage.issue.id, "**@ravi@example.com** I mean me", sentry.furniture.ravi)
    await worked_off(stage)
    assert seen(stage).count("commented on") == 2
    assert mentions(stage, person) + mentions(stage, namesake) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("**@Dana** look", True),
        ("@Dana, look", True),
        ("@Dana.", True),
        ("@Dana Scully look", False),
        ("@Dana Scully and @Dana", True),
        ("@Danae", False),
        ("mail@Dana.example", False),
        ("Dana", False),
    ],
)
def test_names_in_a_text(text: str, named: bool) -> None:
    assert is_named("Dana", text, ["Dana Scully"]) is named
    assert not named or "Dana" in possible_names(text)
