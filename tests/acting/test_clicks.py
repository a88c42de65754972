"""What people press on the card of an issue, from Teams to Sentry and back."""

import pytest

from sandbox.faults import accept_then_close, delay, respond
from sandbox.teams import execute, new_group_chat, new_person, new_team
from tests.acting.stage import Stage, button, text_of
from tests.handlers.talk import connect, happens


async def test_card_of_an_issue_comes_with_buttons(stage: Stage) -> None:
    card = stage.card(await stage.ask_for_issue())
    assert "bad total" in text_of(card)
    assert button(card, "Resolve")["verb"] == "resolve"
    assert not stage.sentry.violations


@pytest.mark.parametrize(
    ("title", "status", "details"),
    [
        ("Resolve", "resolved", {}),
        ("Current release", "resolved", {"inRelease": "shop@1.2.3"}),
        ("Next release", "resolved", {"inNextRelease": True}),
    ],
)
async def test_resolving_as_oneself(stage: Stage, title: str, status: str, details: object) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    answer = await stage.press(card_id, title)
    assert answer["statusCode"] == 200
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert (stage.issue.status, stage.issue.details) == (status, details)
    assert "Unresolve" in text_of(answer["value"])
    await stage.settled(card_id, "Unresolve")
    assert not stage.sentry.violations


@pytest.mark.parametrize(
    ("until", "details", "substatus"),
    [
        ("escalating", {}, "archived_until_escalating"),
        ("forever", {}, "archived_forever"),
        ("events:10", {"ignoreCount": 10}, "archived_until_condition_met"),
        ("users:100", {"ignoreUserCount": 100}, "archived_until_condition_met"),
    ],
)
async def test_archiving_and_back(stage: Stage, until: str, details: object, substatus: str) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    await stage.press(card_id, "Archive", until=until)
    assert (stage.issue.status, stage.issue.details, stage.issue.substatus) == ("ignored", details, substatus)
    await stage.settled(card_id, "Unarchive")
    await stage.press(card_id, "Unarchive")
    assert stage.issue.status == "unresolved"


async def test_archiving_for_a_time(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    await stage.press(await stage.ask_for_issue(), "Archive", until="minutes:120")
    assert stage.issue.status == "ignored"
    assert "ignoreUntil" in stage.issue.details


async def test_assigning_to_oneself_to_others_to_a_team_and_to_nobody(stage: Stage) -> None:
    dana, ravi = stage.sentry.furniture.dana, stage.sentry.furniture.ravi
    await stage.link(dana)
    card_id = await stage.ask_for_issue()
    await stage.press(card_id, "Assign to me")
    assert stage.issue.assignee == f"user:{dana.id}"
    await stage.settled(card_id, "Unassign")
    await stage.press(card_id, "Assign", assignee=f"user:{ravi.id}")
    assert stage.issue.assignee == f"user:{ravi.id}"
    team = stage.sentry.state.tenants[stage.sentry.organization.slug].teams["backend"]
    await stage.press(card_id, "Assign", assignee=f"team:{team.id}")
    assert stage.issue.assignee == f"team:{team.id}"
    await stage.press(card_id, "Unassign")
    assert stage.issue.assignee == ""


async def test_priority_and_comment(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    await stage.press(card_id, "Low")
    assert stage.issue.priority == "low"
    await stage.press(card_id, "Add comment", comment="Looking into it")
    assert [(each.text, each.actor["name"]) for each in stage.issue.comments] == [("Looking into it", "Dana")]


async def test_old_clients_submit_and_see_the_outcome_on_the_card(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    assert (await stage.submit(card_id, "Resolve")).status == 201
    assert stage.issue.status == "resolved"
    await stage.settled(card_id, "Unresolve")


async def test_refusal_is_told_in_sentrys_words_beside_the_true_state(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    answer = await stage.press(card_id, "Assign", assignee=f"user:{stage.sentry.furniture.mia.id}")
    said = text_of(answer["value"])
    assert "Could not assign it for Dana Scully" in said
    assert "Cannot assign to non-team member" in said
    assert stage.issue.assignee == ""
    assert "Unresolve" not in said


async def test_slow_sentry_gets_a_card_that_says_so_and_the_outcome_later(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    stage.feature.acting._within = 0.2
    stage.sentry.faults.add(delay(0.8), method="PUT")
    answer = await stage.press(card_id, "Resolve")
    assert "Working on it: resolving it for Dana Scully" in text_of(answer["value"])
    assert "actions" not in answer["value"] or "Resolve" not in text_of(answer["value"]["actions"])
    await stage.settled(card_id, "Unresolve")
    assert stage.issue.status == "resolved"


async def test_slow_refusal_stands_on_the_card_later(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    stage.feature.acting._within = 0.1
    stage.sentry.faults.add(respond(400, json={"detail": "No such luck."}), method="PUT")
    stage.sentry.faults.add(delay(0.5), method="GET", path="/issues/")
    assert "Working on it" in text_of(await stage.press(card_id, "Resolve"))
    await stage.settled(card_id, "No such luck")


async def test_lost_answer_is_told_with_what_became_of_it(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    stage.sentry.faults.add(accept_then_close(), method="PUT")
    said = text_of(await stage.press(card_id, "Resolve"))
    assert "Nobody knows whether Sentry did it" in said
    assert "Unresolve" in said
    assert (
        stage.sentry.requests[f"PUT /api/0/organizations/{stage.sentry.organization.slug}/issues/{stage.issue.id}/"]
        == 1
    )


async def test_a_click_that_comes_again_does_nothing_twice(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    data = button(stage.card(card_id), "Resolve")["data"]
    again = execute(stage.team, data, verb="resolve", card_id=card_id)
    first, second = [(await stage.bot.teams.post(again)).json() for _ in range(2)]
    assert "Unresolve" in text_of(first)
    assert "Unresolve" in text_of(second)
    changes = [name for name in stage.sentry.asked if "PUT" in str(name)]
    assert len(changes) == 1


async def test_forged_button_changes_nothing(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    data = button(stage.card(card_id), "Resolve")["data"]
    for token in ("", "x", data["token"][:-2] + "AA", "[1,2,3]." + data["token"].partition(".")[2]):
        answer = (await stage.execute({**data, "token": token}, card_id)).json()
        assert answer["type"] == "application/vnd.microsoft.error"
    assert stage.issue.status == "unresolved"


async def test_button_works_only_in_the_place_it_was_made_for(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    data = button(stage.card(await stage.ask_for_issue()), "Resolve")["data"]
    other = new_team(person=stage.team.person)
    await connect(stage.bot, stage.microsoft, stage.sentry, other)
    for elsewhere in (other, new_group_chat(person=stage.team.person)):
        assert (await stage.execute(data, "1", elsewhere)).json()["statusCode"] == 400
    assert stage.issue.status == "unresolved"


async def test_nothing_works_after_the_place_was_disconnected(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    await stage.execute({"command": "disconnect", "confirmed": True}, card_id)
    answer = await stage.press(card_id, "Resolve")
    assert answer["statusCode"] == 400
    assert stage.issue.status == "unresolved"


async def test_every_change_is_in_the_audit_trail(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    await stage.press(card_id, "Next release")
    await stage.press(card_id, "Assign", assignee=f"user:{stage.sentry.furniture.mia.id}")
    entries = await stage.audit()
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("issue resolve", stage.team.person.id),
        ("issue assign", stage.team.person.id),
    ]
    assert entries[0].detail["issue"] == stage.issue.id
    assert entries[0].detail["choice"] == "next_release"
    assert entries[0].detail["sentry_user"] == stage.sentry.furniture.dana.id
    assert entries[1].detail["failed"] == "SentryRejected"
    assert "Dana" not in str(entries)


async def test_without_accounts_anybody_may_act_only_where_that_is_allowed(unregistered: Stage) -> None:
    stage = unregistered
    card_id = await stage.ask_for_issue()
    answer = await stage.press(card_id, "Resolve")
    assert "signing in is not set up" in answer["value"]["message"]
    assert stage.issue.status == "unresolved"
    await stage.feature.acting.services.store.identities.let_anybody_act(1, allowed=True)
    answer = await stage.press(card_id, "Resolve")
    assert "Unresolve" in text_of(answer["value"])
    assert (await stage.audit())[-1].detail["as"] == "integration"
    answer = await stage.press(card_id, "Assign to me")
    assert "choose your name" in answer["value"]["message"]


async def test_somebody_else_is_not_the_one_who_linked(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    other = stage.by(new_person("Mallory"))
    answer = await other.press(card_id, "Resolve")
    assert "Sign in with Sentry" in text_of(answer["value"])
    assert stage.issue.status == "unresolved"


async def test_malformed_invokes_do_no_harm(stage: Stage) -> None:
    card_id = await stage.ask_for_issue()
    data = button(stage.card(card_id), "Resolve")["data"]
    for changed in ({"when": "never"}, {"command": "archive", "until": "events:-1"}, {"command": "priority"}):
        assert (await stage.execute({**data, **changed}, card_id)).json()["statusCode"] == 400
    for odd in ({"command": ["resolve"], "token": "x"}, {"command": "resolve", "token": 5}):
        assert (await stage.bot.teams.post(execute(stage.team, odd, card_id=card_id))).status == 200
    await happens(lambda: stage.issue.status == "unresolved")
