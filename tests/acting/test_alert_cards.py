"""Clicks on the cards of alerts, in every kind of place: what one sees, all see, everywhere."""

import pytest

from sandbox.posted import Posted
from sandbox.sentry_hooks import Alert
from sandbox.teams import (
    GroupChat,
    PersonalChat,
    Team,
    execute,
    new_group_chat,
    new_person,
    new_personal_chat,
    new_team,
)
from tests.acting.stage import Stage, button, text_of
from tests.handlers.talk import connect, content, happens


def alerts(stage: Stage, where: Team | PersonalChat | GroupChat) -> list[Posted]:
    """The cards of alerts that were posted there."""
    ids = {where.conversation_id, getattr(where, "team_id", "")}
    posted = [each for each in stage.microsoft.connector.activities if each.method == "POST"]
    return [each for each in posted if each.conversation_id in ids and "Alert:" in text_of(each.activity)]


async def test_click_on_an_alert_changes_its_cards_in_every_place(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    other = new_team("Payments", person=new_person())
    await connect(stage.bot, stage.microsoft, stage.sentry, other)
    await stage.sentry.raise_issue_alert(Alert())
    await happens(lambda: alerts(stage, other))
    there = alerts(stage, other)[-1].activity_id
    await happens(lambda: "WEB-2" in str([each.activity for each in alerts(stage, stage.team)]))
    here = alerts(stage, stage.team)[-1].activity_id
    answer = await stage.press(here, "Resolve")
    assert "Unresolve" in text_of(answer["value"])
    assert "Errors in checkout" in text_of(answer["value"]), "what the alert told stays"
    await stage.settled(here, "Unresolve")
    await stage.settled(there, "Unresolve")
    assert "Errors in checkout" in text_of(stage.card(there))


@pytest.mark.parametrize("make", [new_team, new_group_chat, new_personal_chat])
async def test_buttons_work_in_every_kind_of_place(
    stage: Stage, make: type[Team] | type[GroupChat] | type[PersonalChat]
) -> None:
    await stage.link(stage.sentry.furniture.dana)
    place = make(person=stage.team.person)
    await connect(stage.bot, stage.microsoft, stage.sentry, place)
    await stage.sentry.raise_issue_alert(Alert(issue_id=stage.issue.id))
    await happens(lambda: alerts(stage, place))
    card = alerts(stage, place)[-1]
    data = button(content(card.activity), "Resolve")["data"]
    answer = (await stage.bot.teams.post(execute(place, data, verb="resolve", card_id=card.activity_id))).json()
    assert answer["statusCode"] == 200
    assert stage.issue.status == "resolved"
    await stage.settled(card.activity_id, "Unresolve")


async def test_late_refusal_stands_on_the_card_of_the_alert(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    await happens(lambda: alerts(stage, stage.team))
    card_id = alerts(stage, stage.team)[-1].activity_id
    stage.feature.acting._within = 0.0
    mia = stage.sentry.furniture.mia
    assert "Working on it" in text_of(await stage.press(card_id, "Assign", assignee=f"user:{mia.id}"))
    await stage.settled(card_id, "Cannot assign to non-team member")
    assert "Errors in checkout" in text_of(stage.card(card_id))


async def test_who_gets_an_issue_is_mentioned_once_under_its_card(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    ravi = stage.by(new_person("Ravi Shankar"))
    await ravi.link(stage.sentry.furniture.ravi)
    await happens(lambda: alerts(stage, stage.team))
    card_id = alerts(stage, stage.team)[-1].activity_id
    for user in (stage.sentry.furniture.ravi, stage.sentry.furniture.dana):
        await stage.press(card_id, "Assign", assignee=f"user:{user.id}")
    thread = f"{stage.team.conversation_id};messageid={card_id}"
    await happens(lambda: [each for each in stage.microsoft.connector.activities if each.conversation_id == thread])
    await stage.settled(card_id, "Dana")
    (told,) = [each for each in stage.microsoft.connector.activities if "this issue is yours" in text_of(each.activity)]
    (mention,) = content(told.activity)["msteams"]["entities"]
    assert mention["mentioned"]["id"] == ravi.team.person.aad_object_id
    assert told.conversation_id == thread
    assert "assigned it to you" in text_of(told.activity)
