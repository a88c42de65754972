"""What the cards around alerts say."""

from dataclasses import replace
from typing import Any

import pytest

import cards
from alert_model import IdentityFacts, MetricState, SubscriptionFacts
from issue_model import AlertRule, CommentFacts, CommentState, TeamsPerson
from model import PlaceKind
from tests.cards.alert_samples import ADA, EVERYTHING, IDENTITY, METRIC, SIGN_IN_URL, SUBSCRIPTION
from tests.cards.issue_samples import NOON, ORDINARY, RULE_URL, URL
from tests.cards.reading import actions_of, card_of, facts_of, shown_on
from tests.cards.test_issue_card import NOON_SHOWN, band_of

SHOWN = "issues and metrics of “Acme Corp”, project web, level error or fatal, environment production, tag region:eu-1"


@pytest.mark.parametrize(
    ("state", "style", "word"),
    [
        (MetricState.CRITICAL, "attention", "Critical"),
        (MetricState.WARNING, "warning", "Warning"),
        (MetricState.RESOLVED, "good", "Resolved"),
        (MetricState.OPEN, "accent", "Open"),
    ],
)
def test_metric_alert(state: MetricState, style: str, word: str) -> None:
    activity = cards.build_metric_alert_card(replace(METRIC, state=state, closed=NOON))
    assert band_of(activity) == (style, f"{word}: 150")
    assert "\nError rate in checkout\n150 events in the last 10 minutes\n" in shown_on(activity)
    assert facts_of(activity) == {
        "Threshold": "above 100",
        "Metric": "count()".replace(")", "\\)"),
        "Filter": "level:error",
        "Window": "10 minutes",
        "Project": "web, shop",
        "Environment": "production",
        "Since": "{{DATE(2026-11-24T07:42:05Z, SHORT)}} {{TIME(2026-11-24T07:42:05Z)}}",
        "Until": NOON_SHOWN,
    }
    assert activity["summary"] == f"{word}: Error rate in checkout, 150 events in the last 10 minutes"
    assert actions_of(activity)[0]["url"] == METRIC.url


def test_metric_alert_says_only_what_it_knows() -> None:
    bare = replace(
        METRIC, title="", happened="", value=None, threshold=None, aggregate="", query="", minutes=None, projects=(),
        environment="", started=None, points=(), url="",
    )  # fmt: skip
    activity = cards.build_metric_alert_card(bare)
    assert shown_on(activity) == "Critical\nMetric alert"
    assert actions_of(activity) == []
    assert activity["summary"] == "Critical: Metric alert"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Warning: Error rate", "Error rate"),
        ("Latency: p95 too high", "Latency: p95 too high"),
        ("Critical: ", "Critical:"),
        ("Crash", "Crash"),
    ],
)
def test_metric_alert_says_its_state_once(title: str, shown: str) -> None:
    assert shown_on(cards.build_metric_alert_card(replace(METRIC, title=title))).split("\n")[1] == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.1256789, "0.126"), (1234567.0, "1,234,567"), (1e300, "1e+300"), (0.0, "0"), (-2.5, "-2.5")],
)
def test_metric_value_is_short(value: float, shown: str) -> None:
    assert band_of(cards.build_metric_alert_card(replace(METRIC, value=value)))[1] == f"Critical: {shown}"


def test_metric_below_a_threshold_and_in_many_projects() -> None:
    alert = replace(METRIC, is_above=False, projects=tuple(f"p{number}" for number in range(7)), minutes=120)
    facts = facts_of(cards.build_metric_alert_card(alert))
    assert facts["Threshold"] == "below 100"
    assert facts["Project"] == "p0, p1, p2, p3, p4 and 2 more"
    assert facts["Window"] == "2 hours"


def test_metric_chart_is_described_in_words() -> None:
    (image,) = [each for each in card_of(cards.build_metric_alert_card(METRIC))["body"] if each["type"] == "Image"]
    assert image["altText"] == "Between 9 and 150, last 150"
    assert image["url"].startswith("data:image/png;base64,")


def test_metric_sample_says_so() -> None:
    activity = cards.build_metric_alert_card(METRIC, notices=cards.Notices(sample=True))
    assert "A sample: nothing is broken" in shown_on(activity)
    assert activity["summary"].startswith("Sample: ")


def mentions_of(activity: dict[str, Any]) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = card_of(activity).get("msteams", {}).get("entities", [])
    return entities


def test_comment_keeps_its_lines_and_none_of_its_markup() -> None:
    comment = CommentFacts(author="Dana *Ng*", text="I look.\n\n- **cart**\n<b>81</b>", at=NOON)
    activity = cards.build_comment_card(comment, ORDINARY)
    assert shown_on(activity) == f"Dana *Ng* commented in Sentry\nI look.\n- **cart**\n<b>81</b>\nWEB-1A, {NOON_SHOWN}"
    assert activity["summary"] == "Dana *Ng* commented on WEB-1A: I look. - **cart** <b>81</b>"
    assert mentions_of(activity) == []


def test_a_long_comment_is_cut() -> None:
    many = shown_on(cards.build_comment_card(CommentFacts(author="A", text="line\n" * 100), ORDINARY))
    assert many.count("line") == 12
    assert "…" in many
    assert "…" in shown_on(cards.build_comment_card(CommentFacts(author="A", text="x" * 1001), ORDINARY))
    assert "…" not in shown_on(cards.build_comment_card(CommentFacts(author="A", text="x" * 1000), ORDINARY))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (CommentState.UPDATED, "changed a comment in Sentry\nold"),
        (CommentState.DELETED, "deleted a comment in Sentry\nWEB"),
    ],
)
def test_changed_and_deleted_comments(state: CommentState, said: str) -> None:
    comment = CommentFacts(author="", text="old", state=state)
    assert f"Somebody {said}" in shown_on(cards.build_comment_card(comment, ORDINARY))


def test_people_are_mentioned_once_each() -> None:
    activity = cards.build_comment_card(CommentFacts(author="D", text="@ada"), ORDINARY, [ADA, ADA])
    tag = "<at>Ada Lovelace</at>"
    assert mentions_of(activity) == [
        {"type": "mention", "text": tag, "mentioned": {"id": ADA.id, "name": "Ada Lovelace"}}
    ]
    assert [element["text"].count(tag) for element in card_of(activity)["body"]] == [0, 0, 1, 0]


@pytest.mark.parametrize("name", ["<at>x</at> *A* [b](c) \\ & `q` {{DATE}}", "שלח", "", "\u2060", "A_b~c#"])
def test_a_mention_matches_its_entity_whatever_the_name(name: str) -> None:
    activity = cards.build_assigned_card(ORDINARY, TeamsPerson(id="29:a", name=name), "")
    (entity,) = mentions_of(activity)
    assert card_of(activity)["body"][0]["text"] == f"{entity['text']}, this issue is yours."
    inner = entity["text"].removeprefix("<at>").removesuffix("</at>")
    assert inner == entity["mentioned"]["name"]
    assert inner
    assert not set(inner) & set("<>&[]()*_`~\\{}#\u2060\u2068\u2069")


def test_assigned() -> None:
    activity = cards.build_assigned_card(ORDINARY, ADA, "Dana Ng")
    assert "this issue is yours: Dana Ng assigned it to you." in shown_on(activity)
    assert activity["summary"] == "Ada Lovelace has ValueError: bad total: cart 81 has no currency"
    assert card_of(activity)["body"][1]["text"].endswith(f"]({URL})")


def test_nobody_is_mentioned_without_an_id() -> None:
    assert mentions_of(cards.build_assigned_card(ORDINARY, TeamsPerson(id="", name="A"), "")) == []


def test_subscriptions_are_numbered() -> None:
    rules = [AlertRule(name="Errors in checkout", url=RULE_URL)]
    activity = cards.build_subscriptions_card("R&D_core", [SUBSCRIPTION, EVERYTHING], rules=rules, muted_until=NOON)
    assert shown_on(activity).split("\n") == [
        "What comes to “R&D_core”",
        f"Muted until {NOON_SHOWN}.",
        f"#1 {SHOWN}",
        "#2 issues of “Acme EU”",
        "Alert rules in Sentry that post here: Errors in checkout",
        "To end one, mention me with unsubscribe and its number.",
    ]
    assert activity["summary"] == "2 subscriptions in R&D_core"


def test_no_subscriptions_says_how_to_get_one() -> None:
    activity = cards.build_subscriptions_card("", [], PlaceKind.PERSONAL)
    assert "Nothing from Sentry comes to this chat yet." in shown_on(activity)
    assert "send subscribe or subscribe project:web level:error" in shown_on(activity)
    assert activity["summary"] == "No subscriptions in this chat"


def test_too_many_subscriptions_and_rules_are_counted() -> None:
    rules = [AlertRule(name=f"Rule {number}") for number in range(12)]
    text = shown_on(cards.build_subscriptions_card("R&D", [EVERYTHING] * 60, rules=rules))
    assert "#50 issues of “Acme EU”\nAnd 10 more." in text
    assert "#51" not in text
    assert "Rule 9 and 2 more" in text
    assert "Alert rules" not in shown_on(cards.build_subscriptions_card("R&D", [EVERYTHING]))


def test_many_values_of_a_filter_are_counted() -> None:
    subscription = SubscriptionFacts(organization="", kinds=(), projects=tuple("abcdefg"), levels=("",))
    text = shown_on(cards.build_subscribed_card(subscription, "R&D"))
    assert "alerts of a Sentry organization, project a or b or c or d or e or 2 more." in text


def test_subscribed() -> None:
    activity = cards.build_subscribed_card(SUBSCRIPTION, "R&D")
    assert f"To “R&D” come: {SHOWN}." in shown_on(activity)
    assert activity["summary"] == "Subscribed: issues and metrics of Acme Corp"


def test_unsubscribed() -> None:
    activity = cards.build_unsubscribed_card([EVERYTHING], 1)
    assert "No longer: issues of “Acme EU”.\n1 subscription left here." in shown_on(activity)
    assert activity["summary"] == "Unsubscribed: 1 subscription left here"
    assert shown_on(cards.build_unsubscribed_card([], 2)).startswith("No such subscription\n2 subscriptions left")


def test_muted_and_unmuted() -> None:
    muted = cards.build_muted_card(NOON, "Ada", PlaceKind.PERSONAL)
    assert f"No new alerts until {NOON_SHOWN}, by Ada." in shown_on(muted)
    assert "send unmute" in shown_on(muted)
    assert "New alerts come here again." in shown_on(cards.build_muted_card(None, ""))


def test_alert_rule_texts_are_plain_sentences() -> None:
    saved = cards.alert_rule_saved("R&D_core")
    assert saved == "Alerts of this rule will be posted to R&D_core in Microsoft Teams."
    refused = cards.alert_rule_refused("", "The bot was removed from it.", PlaceKind.PERSONAL)
    assert refused == "This chat in Microsoft Teams cannot be reached. The bot was removed from it."
    assert cards.alert_rule_refused("web team", "").startswith("Web team in Microsoft Teams")
    assert "no longer connected" in cards.alert_rule_unknown()


def test_broken_connection_says_what_and_how_to_repair() -> None:
    activity = cards.build_broken_connection_card("Acme", "https://acme.sentry.io", "Invalid *token*", SIGN_IN_URL)
    text = shown_on(activity)
    assert "acme.sentry.io no longer accepts the token for “Acme”: it was revoked or has expired." in text
    assert "Sentry says: “Invalid *token*”" in text
    assert actions_of(activity)[0]["url"] == SIGN_IN_URL
    assert activity["summary"] == "The connection to Acme is broken"
    without = cards.build_broken_connection_card("Acme", "https://acme.sentry.io")
    assert actions_of(without)[0]["data"] == {"command": "setup"}
    assert "Sentry says" not in shown_on(without)
    assert "works again" in shown_on(cards.build_mended_connection_card("Acme"))


def test_sign_in_says_what_happens_after_it() -> None:
    activity = cards.build_sign_in_card("https://acme.sentry.io", SIGN_IN_URL, "resolve it", "WEB-1A")
    assert "Sign in, and I do this for you: resolve it (WEB-1A)." in shown_on(activity)
    assert activity["summary"] == "Sign in with Sentry: resolve it (WEB-1A)"
    assert actions_of(activity)[0]["url"] == SIGN_IN_URL
    unasked = cards.build_sign_in_card("https://acme.sentry.io", SIGN_IN_URL)
    assert "Sign in to change issues as yourself." in shown_on(unasked)
    assert unasked["summary"] == "Sign in with Sentry"


def test_signed_in() -> None:
    activity = cards.build_signed_in_card(IDENTITY, "WEB-1A is resolved.")
    assert "You are Ada Lovelace on acme.sentry.io. WEB-1A is resolved." in shown_on(activity)
    assert "You are Ada Lovelace on acme.sentry.io.\n" in shown_on(cards.build_signed_in_card(IDENTITY))


def test_whoami() -> None:
    unnamed = IdentityFacts(sentry_url="https://sentry.acme.example:9000", name="a@b.example", email="a@b.example")
    assert shown_on(cards.build_whoami_card([IDENTITY, unnamed])).split("\n")[1:3] == [
        f"Ada Lovelace, ada@acme.example, on acme.sentry.io, since {NOON_SHOWN}",
        "a@b.example on sentry.acme.example:9000",
    ]
    nobody = cards.build_whoami_card([])
    assert actions_of(nobody)[0]["data"] == {"command": "link"}


def test_unlinked() -> None:
    activity = cards.build_unlinked_card(["https://acme.sentry.io", "https://sentry.io"])
    assert "I have forgotten your access to acme.sentry.io, sentry.io." in shown_on(activity)
    assert "nothing to unlink" in shown_on(cards.build_unlinked_card([]))


def test_not_allowed() -> None:
    activity = cards.build_not_allowed_card("You are not a member of *Acme*.")
    assert shown_on(activity) == "Nothing was changed\nYou are not a member of *Acme*."
    assert activity["summary"] == "Nothing was changed: You are not a member of *Acme*."
    assert "You may not do that here." in shown_on(cards.build_not_allowed_card(""))


def test_sample_is_clearly_one_and_has_no_buttons() -> None:
    activity = cards.build_sample_card(NOON)
    assert shown_on(activity).split("\n")[1].startswith("A sample: nothing is broken")
    assert activity["summary"].startswith("Sample: ")
    assert actions_of(activity) == []
    assert facts_of(activity)["First seen"] == NOON_SHOWN
