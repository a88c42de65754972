"""What an issue's card says, and what its buttons send."""

import json
from dataclasses import replace
from typing import Any

import pytest

import cards
from cards import Failed, Notices, Storm, Working
from issue_model import NOBODY, AlertRule, CodePlace, IssueFacts, IssueStatus, Outcome, Owner, Priority, Trend
from tests.cards.issue_samples import BARE, CONTROLS, NOON, ORDINARY, RULE_URL, URL
from tests.cards.reading import actions_of, card_of, facts_of, shown_on

NOON_SHOWN = "{{DATE(2026-11-24T12:00:30Z, SHORT)}} {{TIME(2026-11-24T12:00:30Z)}}"


def band_of(activity: dict[str, Any]) -> tuple[str, str]:
    first = card_of(activity)["body"][0]
    return first["style"], first["items"][0]["text"]


def lines_of(issue: IssueFacts, **options: Any) -> list[str]:
    return shown_on(cards.build_issue_card(issue, **options)).split("\n")


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
    assert shown_on(activity) == "Issue\nIssue without a title"
    assert activity["summary"] == "Issue in Sentry"
    assert [element["type"] for element in card_of(activity)["body"]] == ["Container", "TextBlock"]
    assert lines_of(IssueFacts(title="\u200b", url="", short_id=" "))[1] == "Issue without a title"
    assert lines_of(IssueFacts(title="", url="", short_id="WEB-1A"))[1] == "WEB-1A"


def test_a_long_title_gives_way_to_the_type_of_the_error_and_the_story() -> None:
    story = "cart 81 has no currency, " * 10
    issue = replace(ORDINARY, title=f"ValueError: {story}", happened=story)
    lines = lines_of(issue)
    assert lines[1] == "ValueError"
    assert lines[2] == f"{story.strip()[:179].rstrip()}…"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "", f"https://a.example/{'x' * 500}", f"https://a.example/{'é' * 200}"]
)
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
    assert "Resolve" in [action["title"] for action in actions_of(failed)]
