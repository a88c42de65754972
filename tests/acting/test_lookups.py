"""Issues that are asked for: by command, by a pasted link, by a search; and people, by typing."""

from typing import Any

import pytest

from sandbox.faults import delay, respond
from sandbox.teams import message, new_person, new_personal_chat, new_team
from services.acting import lookups
from tests.acting.invokes import pasted, queried, typed
from tests.acting.stage import Stage, button, text_of


def data_set(card: dict[str, Any]) -> str:
    """What the card's input searches in."""
    shown = next(action for action in card["actions"] if action["title"] == "Assign")
    return str(shown["card"]["body"][0]["choices.data"]["dataset"])


def page_of(stage: Stage, issue_id: str = "") -> str:
    return f"{stage.sentry.url}/organizations/{stage.sentry.organization.slug}/issues/{issue_id or stage.issue.id}/"


@pytest.mark.parametrize("asked", ["issue WEB-1", "Issue web-1", "issue {page}", "issue {page}?referrer=teams"])
async def test_issue_by_its_short_id_or_address(stage: Stage, asked: str) -> None:
    await stage.bot.teams.post(message(stage.team, asked.format(page=page_of(stage)), mention=True))
    card = stage.last()
    assert "bad total" in text_of(card)
    assert button(card, "Resolve")["data"]["token"]


@pytest.mark.parametrize("asked", ["WEB-99", "nonsense!", "https://elsewhere.example/issues/1/"])
async def test_issue_that_is_not_there(stage: Stage, asked: str) -> None:
    await stage.bot.teams.post(message(stage.team, f"issue {asked}", mention=True))
    assert "No issue" in text_of(stage.last())
    assert "The Interstellar Jurisdiction" in text_of(stage.last())


async def test_issue_where_nothing_is_connected(stage: Stage) -> None:
    chat = new_personal_chat(person=new_person())
    await stage.bot.teams.post(message(chat, "issue WEB-1"))
    assert "No Sentry organization is connected here" in text_of(stage.microsoft.connector.shown(chat.conversation_id))


async def test_issue_while_sentry_is_away(stage: Stage) -> None:
    stage.sentry.faults.add(respond(500), path="/shortids/")
    await stage.bot.teams.post(message(stage.team, "issue WEB-1", mention=True))
    assert "bad total" not in text_of(stage.last())


async def test_fixed_list_of_people_is_there_for_clients_without_search(stage: Stage) -> None:
    card = stage.card(await stage.ask_for_issue())
    choices = next(action for action in card["actions"] if action["title"] == "Assign")["card"]["body"][0]["choices"]
    assert [choice["title"].strip("\u2068\u2069") for choice in choices] == ["#backend", "Dana", "Ravi"]


async def test_fixed_list_is_there_again_with_the_first_click_after_a_start(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    stage.feature.acting.services.showing._candidates.clear()
    card = (await stage.press(card_id, "Resolve"))["value"]
    assert next(action for action in card["actions"] if action["title"] == "Assign")["card"]["body"][0]["choices"]


async def test_pasted_link_shows_the_live_card(stage: Stage) -> None:
    answer = (await stage.bot.teams.post(pasted(stage.team, page_of(stage)))).json()
    (attachment,) = answer["composeExtension"]["attachments"]
    assert "bad total" in text_of(attachment["content"])
    assert "WEB-1" in text_of(attachment["preview"])
    assert attachment["content"]["refresh"]["userIds"] == [stage.team.person.id]


async def test_button_of_a_pasted_card_works_and_its_refresh_stays_true(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    answer = (await stage.bot.teams.post(pasted(stage.team, page_of(stage)))).json()
    card = answer["composeExtension"]["attachments"][0]["content"]
    await stage.execute(button(card, "Resolve")["data"], "77")
    assert stage.issue.status == "resolved"
    refreshed = (await stage.execute(card["refresh"]["action"]["data"], "77")).json()
    assert "Unresolve" in text_of(refreshed["value"])


@pytest.mark.parametrize("url", ["https://elsewhere.example/issues/1/", "not a url", "{sentry}/settings/"])
async def test_pasted_link_that_is_no_issue_of_ours(stage: Stage, url: str) -> None:
    answer = (await stage.bot.teams.post(pasted(stage.team, url.format(sentry=stage.sentry.url)))).json()
    assert answer["composeExtension"]["type"] == "message"


async def test_pasted_link_elsewhere_shows_what_the_person_may_see_without_buttons(stage: Stage) -> None:
    elsewhere = new_team(person=stage.team.person)
    answer = (await stage.bot.teams.post(pasted(elsewhere, page_of(stage)))).json()
    assert answer["composeExtension"]["type"] == "auth", "nobody knows who they are yet"
    await stage.link(stage.sentry.furniture.dana)
    answer = (await stage.bot.teams.post(pasted(elsewhere, page_of(stage)))).json()
    card = answer["composeExtension"]["attachments"][0]["content"]
    assert "bad total" in text_of(card)
    assert "Resolve" not in text_of(card)


async def test_pasted_link_shows_nothing_that_the_person_may_not_see(stage: Stage) -> None:
    elsewhere = new_team(person=stage.team.person)
    await stage.link(stage.sentry.furniture.dana)
    stage.sentry.add_organization("secret", "Secret")
    url = page_of(stage).replace(stage.sentry.organization.slug, "secret")
    answer = (await stage.bot.teams.post(pasted(elsewhere, url))).json()
    assert answer["composeExtension"]["type"] == "message"


@pytest.mark.parametrize("text", ["bad total", "WEB-1", None])
async def test_search_finds_issues_with_preview_and_card(stage: Stage, text: str | None) -> None:
    answer = (await stage.bot.teams.post(queried(stage.team, text))).json()
    (attachment,) = answer["composeExtension"]["attachments"]
    assert "bad total" in text_of(attachment["preview"])
    assert button(attachment["content"], "Resolve")


async def test_search_without_a_result_or_a_connection(stage: Stage) -> None:
    answer = (await stage.bot.teams.post(queried(stage.team, "zebra"))).json()
    assert "No issue found" in answer["composeExtension"]["text"]
    answer = (await stage.bot.teams.post(queried(new_team(), "zebra"))).json()
    assert "setup" in answer["composeExtension"]["text"]


async def test_typing_a_name_finds_people_and_teams(stage: Stage) -> None:
    await stage.link(stage.sentry.furniture.dana)
    card_id = await stage.ask_for_issue()
    answer = (await stage.bot.teams.post(typed(stage.team, data_set(stage.card(card_id)), "rav"))).json()
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.search.searchResponse")
    (found,) = answer["value"]["results"]
    await stage.press(card_id, "Assign", assignee=found["value"])
    assert stage.issue.assignee == f"user:{stage.sentry.furniture.ravi.id}"
    answer = (await stage.bot.teams.post(typed(stage.team, data_set(stage.card(card_id)), "#back"))).json()
    assert [each["value"].partition(":")[0] for each in answer["value"]["results"]] == ["team"]


async def test_typing_with_a_forged_token_or_elsewhere_finds_nobody(stage: Stage) -> None:
    dataset = data_set(stage.card(await stage.ask_for_issue()))
    for place, named in ((stage.team, f"{dataset}x"), (new_team(), dataset), (stage.team, "")):
        answer = (await stage.bot.teams.post(typed(place, named, "rav"))).json()
        assert answer["value"]["results"] == []


async def test_slow_list_of_people_does_not_hold_up_the_issue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "_PEOPLE_WITHIN", 0.1)
    stage.sentry.faults.add(delay(0.4), None, path="/projects/")
    assert "bad total" in text_of(stage.card(await stage.ask_for_issue()))


async def test_slow_sentry_is_told_to_who_searches(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "_ANSWERED_WITHIN", 0.1)
    stage.sentry.faults.add(delay(0.4), None, path="/shortids/")
    await stage.ask_for_issue()
    assert "Sentry did not answer in time" in text_of(stage.last())
