"""The buttons of an issue's card: which there are, and what they send."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import cards
from cards import Candidate, Controls, Notices, Working
from cards.issue_actions import LONGEST_TOKEN
from issue_model import NOBODY, IssueStatus, Owner
from tests.cards.issue_samples import CONTROLS, ORDINARY, SOMEBODY, TOKEN, URL
from tests.cards.reading import actions_of, card_of, deep_actions_of, elements_of


def sent_by(activity: dict[str, Any]) -> dict[str, dict[str, str]]:
    """By title, what each button sends besides the token."""
    executed = [action for action in deep_actions_of(activity) if action["type"] == "Action.Execute"]
    return {a["title"]: {key: value for key, value in a["data"].items() if key != "token"} for a in executed}


def test_nobody_can_click_again_while_the_bot_is_working() -> None:
    activity = cards.build_issue_card(ORDINARY, controls=CONTROLS, notices=Notices(progress=Working("resolving")))
    assert [action["type"] for action in deep_actions_of(activity)] == ["Action.OpenUrl"]
    assert TOKEN not in json.dumps(activity)


def test_without_controls_the_card_only_leads_to_sentry() -> None:
    activity = cards.build_issue_card(ORDINARY)
    assert [(action["title"], action["url"]) for action in deep_actions_of(activity)] == [("Open in Sentry", URL)]


RESOLVE = {"command": "resolve", "when": "now"}
ASSIGN = {
    "Assign": {"command": "assign"},
    "Assign to me": {"command": "assign", "to": "me"},
}
LATER = {
    "Current release": {"command": "resolve", "when": "current_release"},
    "Next release": {"command": "resolve", "when": "next_release"},
}
MORE = {
    "Medium": {"command": "priority", "priority": "medium"},
    "Low": {"command": "priority", "priority": "low"},
    "Add comment": {"command": "comment"},
}


@pytest.mark.parametrize(
    ("status", "buttons", "sent"),
    [
        (
            IssueStatus.UNRESOLVED,
            ["Resolve", "Assign", "Archive", "More"],
            {"Resolve": RESOLVE, **ASSIGN, "Archive": {"command": "archive"}, **LATER, **MORE},
        ),
        (
            IssueStatus.RESOLVED,
            ["Unresolve", "Assign", "More"],
            {"Unresolve": {"command": "unresolve"}, **ASSIGN, **MORE},
        ),
        (
            IssueStatus.ARCHIVED,
            ["Unarchive", "Resolve", "Assign", "More"],
            {"Unarchive": {"command": "unresolve"}, "Resolve": RESOLVE, **ASSIGN, **LATER, **MORE},
        ),
    ],
)
def test_buttons_are_those_that_make_sense(status: IssueStatus, buttons: list[str], sent: Any) -> None:
    activity = cards.build_issue_card(replace(ORDINARY, status=status), controls=CONTROLS)
    assert [action["title"] for action in actions_of(activity)] == buttons
    assert sent_by(activity) == sent


def test_only_an_assigned_issue_can_be_unassigned() -> None:
    unassign = {"command": "unassign"}
    for owner, found in ((NOBODY, None), (None, None), (Owner(name="Ada"), unassign)):
        activity = cards.build_issue_card(replace(ORDINARY, owner=owner), controls=CONTROLS)
        assert sent_by(activity).get("Unassign") == found


def test_all_priorities_are_offered_when_none_is_set() -> None:
    sent = sent_by(cards.build_issue_card(replace(ORDINARY, priority=None), controls=CONTROLS))
    assert {"High", "Medium", "Low"} <= sent.keys()


def test_every_button_carries_the_token_and_means_the_same_on_older_clients() -> None:
    for status in IssueStatus:
        activity = cards.build_issue_card(replace(ORDINARY, status=status), controls=CONTROLS)
        executed = [action for action in deep_actions_of(activity) if action["type"] == "Action.Execute"]
        assert executed
        for action in executed:
            assert action["data"]["token"] == TOKEN
            assert action["verb"] == action["data"]["command"]
            fallback = action["fallback"]
            assert fallback["type"] == "Action.Submit"
            same = ("title", "data", "associatedInputs")
            assert [fallback[key] for key in same] == [action[key] for key in same]


def inputs_of(activity: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (element for element in elements_of(card_of(activity)) if element["type"].startswith("Input."))


def test_people_and_teams_are_found_by_typing_or_in_the_list() -> None:
    activity = cards.build_issue_card(ORDINARY, controls=CONTROLS)
    search = next(element for element in inputs_of(activity) if element["id"] == cards.ASSIGNEE)
    assert search["style"] == "filtered"
    assert search["isRequired"] is True
    assert search["choices.data"] == {"type": "Data.Query", "dataset": f"{cards.ASSIGNEES}{TOKEN}"}
    assert search["choices"] == [{"title": each.name, "value": each.value} for each in SOMEBODY]


def test_of_many_people_the_first_are_listed() -> None:
    crowd = tuple(Candidate(f"Person {number}", f"user:{number}") for number in range(100))
    search = next(inputs_of(cards.build_issue_card(ORDINARY, controls=Controls(TOKEN, crowd))))
    assert [choice["value"] for choice in search["choices"]] == [f"user:{number}" for number in range(25)]


def test_archiving_offers_every_way_sentry_has() -> None:
    activity = cards.build_issue_card(ORDINARY, controls=CONTROLS)
    until = next(element for element in inputs_of(activity) if element["id"] == cards.UNTIL)
    assert until["value"] == "escalating"
    assert {choice["value"] for choice in until["choices"]} == {each.value for each in cards.Until}


def test_only_buttons_next_to_an_input_send_it() -> None:
    activity = cards.build_issue_card(replace(ORDINARY, owner=Owner(name="Ada")), controls=CONTROLS)
    sending = [a["title"] for a in deep_actions_of(activity) if a.get("associatedInputs") == "auto"]
    assert sending == ["Assign", "Archive", "Add comment"]


def test_a_token_that_would_fill_the_card_is_refused() -> None:
    Controls("x" * LONGEST_TOKEN)
    with pytest.raises(ValueError, match="260 characters"):
        Controls("x" * (LONGEST_TOKEN + 1))


def test_a_preview_asks_for_itself_again() -> None:
    activity = cards.build_issue_card(ORDINARY, controls=CONTROLS, refresh_for=[f"29:{n}" for n in range(70)])
    refresh = card_of(activity)["refresh"]
    assert refresh["action"]["data"] == {"command": "refresh", "token": TOKEN}
    assert len(refresh["userIds"]) == 60
    assert "refresh" not in card_of(cards.build_issue_card(ORDINARY, controls=CONTROLS))


def test_cards_share_nothing() -> None:
    first = cards.build_issue_card(ORDINARY, controls=CONTROLS)
    for action in first["attachments"][0]["content"]["actions"]:
        action.clear()
    for element in first["attachments"][0]["content"]["body"]:
        element.clear()
    assert all(actions_of(cards.build_issue_card(ORDINARY, controls=CONTROLS)))
    assert all(card_of(cards.build_issue_card(ORDINARY))["body"])
