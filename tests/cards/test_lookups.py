"""Issues that were asked for: by command, by pasting a link, by searching."""

from dataclasses import replace

import cards
from cards import Candidate
from issue_model import IssueFacts
from tests.cards.issue_samples import CONTROLS, NOON, ORDINARY, URL
from tests.cards.reading import shown_on


def test_not_found_says_where_it_was_searched() -> None:
    activity = cards.build_issue_not_found_card("WEB-*", ["Acme", "Acme EU"])
    assert shown_on(activity).startswith("No issue “WEB-*”\nSearched: “Acme”, “Acme EU”.")
    assert activity["summary"] == "No issue WEB-*"
    assert "No Sentry organization is connected here." in shown_on(cards.build_issue_not_found_card("WEB-1", []))


def test_several_issues_are_listed() -> None:
    activity = cards.build_issue_list_card([ORDINARY] * 12)
    text = shown_on(activity)
    assert text.startswith("12 issues\nValueError: bad total")
    assert "New error, unhandled, high priority · web, production · 1,234 events, 56 users" in text
    assert text.count("ValueError") == 10
    assert text.endswith("And 2 more.")
    assert "more" not in shown_on(cards.build_issue_list_card([ORDINARY] * 2))


def test_pasted_link_becomes_the_card_with_a_preview() -> None:
    activity = cards.build_issue_card(ORDINARY, controls=CONTROLS)
    extension = cards.unfurled(ORDINARY, activity)["composeExtension"]
    assert (extension["type"], extension["attachmentLayout"]) == ("result", "list")
    (attachment,) = extension["attachments"]
    assert attachment["content"] == activity["attachments"][0]["content"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["preview"] == {
        "contentType": "application/vnd.microsoft.card.thumbnail",
        "content": {
            "title": "ValueError: bad total: cart 81 has no currency",
            "text": "WEB-1A · web · production · 1,234 events, 56 users",
        },
    }
    assert "preview" not in activity["attachments"][0]


def test_preview_shows_no_markup() -> None:
    issue = IssueFacts(title="<b>&lt;</b>", url=URL, short_id="<i>")
    preview = cards.unfurled(issue, cards.build_sample_card(NOON))["composeExtension"]["attachments"][0]["preview"]
    assert preview["content"] == {"title": "<\u2060b>&\u2060lt;<\u2060/b>", "text": "<\u2060i>"}


def test_search_gives_every_issue_its_card() -> None:
    others = [replace(ORDINARY, title=f"Issue {number}") for number in range(3)]
    found = [(issue, cards.build_issue_card(issue)) for issue in others]
    attachments = cards.search_results(found)["composeExtension"]["attachments"]
    assert [each["preview"]["content"]["title"] for each in attachments] == ["Issue 0", "Issue 1", "Issue 2"]


def test_search_without_results() -> None:
    assert cards.search_message("Nothing found.") == {"composeExtension": {"type": "message", "text": "Nothing found."}}
    sign_in = cards.search_sign_in("https://bot.example.com/x")["composeExtension"]
    assert sign_in["type"] == "auth"
    assert sign_in["suggestedActions"]["actions"] == [
        {"type": "openUrl", "value": "https://bot.example.com/x", "title": "Sign in with Sentry"}
    ]


def test_typed_search_answers_with_names_and_values() -> None:
    crowd = [Candidate(f"Ada\n{number}", f"user:{number}") for number in range(20)]
    answer = cards.assignee_results(crowd)
    assert answer["type"] == "application/vnd.microsoft.search.searchResponse"
    assert answer["value"]["results"][0] == {"title": "Ada 0", "value": "user:0"}
    assert len(answer["value"]["results"]) == 15
