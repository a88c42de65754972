"""What an issue's card says, and what its buttons send."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import cards
from cards import Candidate, Controls, Failed, Notices, Storm, Working
from cards.issue_actions import LONGEST_TOKEN
from issue_model import NOBODY, AlertRule, CodePlace, IssueFacts, IssueStatus, Outcome, Owner, Priority, Trend
from tests.cards.issue_samples import BARE, CONTROLS, NOON, ORDINARY, RULE_URL, SOMEBODY, TOKEN, URL
from tests.cards.reading import actions_of, card_of, deep_actions_of, elements_of, facts_of, shown_on

NOON_SHOWN = "{{DATE(2026-11-24T12:00:30Z, SHORT)}} {{TIME(2026-11-24T12:00:30Z)}}"


def band_of(activity: dict[str, Any]) -> tuple[str, str]:
    first = card_of(activity)["body"][0]
    return first["style"], first["items"][0]["text"]


def lines_of(issue: IssueFacts, **options: Any) -> list[str]:
    return shown_on(cards.build_issue_card(issue, **options)).split("\n")


def sent_by(activity: dict[str, Any]) -> dict[str, dict[str, str]]:
    """By title, what each button sends besides the token."""
    executed = [action for action in deep_actions_of(activity) if action["type"] == "Action.Execute"]
    return {a["title"]: {key: value for key, value in a["data"].items() if key != "token"} for a in executed}


def test_card_says_what_broke_where_how_bad_since_when_and_who_has_it() -> None:
    activity = cards.build_issue_card(ORDINARY, controls=CONTROLS)
    assert band_of(activity) == ("attention", "New error, unhandled, high priority")
    assert lines_of(ORDINARY)[1:4] == [
        "ValueError: bad total: cart 81 has no currency",
        "shop/cart.py:112 in total",
        "raise ValueError(f'bad total: {cart}')",
    ]
    assert card_of(activity)["body"][1]["text"].endswith(f"]({URL})")
    assert facts_of(activity) == {
        "Project": "web, production",
        "Impact": "1,234 events, 56 users",
        "Assignee": "nobody",
        "First seen": "{{DATE(2026-11-24T07:42:05Z, SHORT)}} {{TIME(2026-11-24T07:42:05Z)}}",
        "Last seen": NOON_SHOWN,
        "Release": "shop@1.2.3",
        "browser": "Chrome 142",
        "region": "eu-1",
    }
    assert card_of(activity)["body"][-1]["text"] == f"WEB-1A · Alert: [Errors in checkout]({RULE_URL})"
    assert (
        activity["summary"]
        == "ValueError: bad total: cart 81 has no currency (web, production), 1,234 events, 56 users"
    )


def test_card_without_facts_has_no_empty_lines() -> None:
    activity = cards.build_issue_card(BARE, controls=CONTROLS)
    assert shown_on(activity) == "Issue\nOpen"
    assert [element["type"] for element in card_of(activity)["body"]] == ["Container", "TextBlock"]
    assert lines_of(IssueFacts(title="", url=""))[1] == "Issue without a title"
    assert lines_of(IssueFacts(title="", url="", short_id="WEB-1A"))[1] == "WEB-1A"


def test_a_long_title_gives_way_to_the_type_of_the_error_and_the_story() -> None:
    story = "cart 81 has no currency, " * 10
    issue = replace(ORDINARY, title=f"ValueError: {story}", happened=story)
    lines = lines_of(issue)
    assert lines[1] == "ValueError"
    assert lines[2] == f"{story.strip()[:179].rstrip()}…"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://acme.sentry.io/" + "x" * 500])
def test_only_addresses_of_pages_become_links(url: str) -> None:
    activity = cards.build_issue_card(replace(ORDINARY, url=url, rules=(AlertRule(name="A", url=url),)))
    assert "](" not in json.dumps(activity)
    assert actions_of(activity) == []


@pytest.mark.parametrize(
    ("code", "culprit", "line"),
    [
        (CodePlace(file="a.py"), "x", "a.py"),
        (CodePlace(file="a.py", line=0), "x", "a.py:0"),
        (CodePlace(file="a.py", function="f"), "x", "a.py in f"),
        (CodePlace(file=""), "shop.cart in total", "shop.cart in total"),
        (None, "shop.cart in total", "shop.cart in total"),
        (CodePlace(file=f"/srv/{'x' * 100}/cart.py", line=9), "", f"…{'x' * 61}/cart.py:9"),
    ],
)
def test_where(code: CodePlace | None, culprit: str, line: str) -> None:
    assert lines_of(IssueFacts(title="T", url="", code=code, culprit=culprit))[2] == line


@pytest.mark.parametrize(
    ("level", "style", "word"),
    [
        ("fatal", "attention", "Fatal"),
        ("error", "attention", "Error"),
        ("Warning", "warning", "Warning"),
        ("info", "accent", "Info"),
        ("", "accent", "Issue"),
    ],
)
def test_the_band_shows_the_level_by_colour_and_in_words(level: str, style: str, word: str) -> None:
    assert band_of(cards.build_issue_card(replace(BARE, level=level))) == (style, word)


@pytest.mark.parametrize(
    ("trend", "words"),
    [
        (Trend.NEW, "New error"),
        (Trend.REGRESSED, "Error is back"),
        (Trend.ESCALATING, "Error is escalating"),
        (Trend.ONGOING, "Error"),
    ],
)
def test_the_band_says_what_the_issue_does(trend: Trend, words: str) -> None:
    issue = replace(BARE, level="error", trend=trend, priority=Priority.LOW)
    assert band_of(cards.build_issue_card(issue))[1] == f"{words}, low priority"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(), "Resolved"),
        (Outcome(by="Dana Ng", at=NOON), f"Resolved by Dana Ng, {NOON_SHOWN}"),
        (Outcome(in_release="shop@1.2.4", by="Dana Ng"), "Resolved in release shop@1.2.4 by Dana Ng"),
        (Outcome(in_next_release=True, in_release="1"), "Resolved in the next release"),
        (Outcome(in_commit="0123456789abcdef"), "Resolved in commit 0123456789ab"),
    ],
)
def test_resolved(outcome: Outcome, words: str) -> None:
    activity = cards.build_issue_card(replace(ORDINARY, status=IssueStatus.RESOLVED, outcome=outcome))
    assert band_of(activity) == ("good", words)
    assert activity["summary"].startswith("Resolved: ValueError")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(), "Archived"),
        (Outcome(until_escalating=True, by="Dana Ng"), "Archived until it escalates by Dana Ng"),
        (Outcome(forever=True), "Archived forever"),
        (Outcome(until=NOON), f"Archived until {NOON_SHOWN}"),
        (Outcome(events=1000), "Archived until 1,000 more events"),
        (Outcome(users=10), "Archived until 10 more users"),
    ],
)
def test_archived(outcome: Outcome, words: str) -> None:
    activity = cards.build_issue_card(replace(ORDINARY, status=IssueStatus.ARCHIVED, outcome=outcome))
    assert band_of(activity) == ("emphasis", words)
    assert activity["summary"].startswith("Archived: ValueError")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (NOBODY, "nobody"),
        (Owner(name="Ada *L*"), "Ada \\*L\\*"),
        (Owner(name="checkout", is_team=True), "#checkout"),
        (Owner(name="\u200b"), "somebody"),
    ],
)
def test_assignee(owner: Owner, name: str) -> None:
    shown = facts_of(cards.build_issue_card(replace(ORDINARY, owner=owner)))["Assignee"]
    assert shown.replace("\u2060", "") == name


def test_an_assignee_that_is_not_told_is_not_made_up() -> None:
    assert "Assignee" not in facts_of(cards.build_issue_card(replace(ORDINARY, owner=None)))


@pytest.mark.parametrize(("events", "users", "impact"), [(1, 1, "1 event, 1 user"), (0, None, "0 events")])
def test_impact(events: int, users: int | None, impact: str) -> None:
    assert facts_of(cards.build_issue_card(replace(ORDINARY, events=events, users=users)))["Impact"] == impact


def test_only_the_first_rules_and_tags_are_named() -> None:
    rules = tuple(AlertRule(name=f"Rule {number}") for number in range(5))
    tags = tuple((f"tag{number}", "x") for number in range(9))
    activity = cards.build_issue_card(replace(ORDINARY, rules=rules, tags=tags))
    assert card_of(activity)["body"][-1]["text"] == "WEB-1A · Alert: Rule 0, Rule 1 and 3 more"
    assert [name for name in facts_of(activity) if name.startswith("tag")] == [f"tag{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("notices", "line"),
    [
        (Notices(progress=Working("resolving the issue")), "Working on it: resolving the issue …"),
        (
            Notices(progress=Working("resolving the issue", by="Dana Ng")),
            "Working on it: resolving the issue for Dana Ng …",
        ),
        (
            Notices(progress=Failed("resolve the issue", "No release *yet*.", by="Dana Ng")),
            "Could not resolve the issue for Dana Ng. Sentry says: “No release *yet*.”",
        ),
        (
            Notices(progress=Failed("assign the issue", "Sentry did not answer in time.", from_sentry=False)),
            "Could not assign the issue. Sentry did not answer in time.",
        ),
        (Notices(storm=Storm(events=340, minutes=15)), "Updated: 340 events in the last 15 minutes."),
        (Notices(storm=Storm(events=1, minutes=60)), "Updated: 1 event in the last hour."),
        (Notices(muted_until=NOON), f"Muted here until {NOON_SHOWN}."),
        (Notices(sample=True), "A sample: nothing is broken, and nothing on this card exists in Sentry."),
    ],
)
def test_what_is_happening_stands_above_the_title(notices: Notices, line: str) -> None:
    assert lines_of(ORDINARY, notices=notices)[1] == line


def test_a_failure_stands_out_and_leaves_the_true_state_and_the_buttons() -> None:
    failed = cards.build_issue_card(
        ORDINARY, controls=CONTROLS, notices=Notices(progress=Failed("resolve the issue", "No."))
    )
    assert card_of(failed)["body"][1]["color"] == "Attention"
    assert band_of(failed)[1].startswith("New error")
    assert "Resolve" in sent_by(failed)


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
