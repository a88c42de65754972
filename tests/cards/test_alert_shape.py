"""Every card of alerts is one that Teams takes and people can read, whatever Sentry and people write."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cards
from issue_model import AlertRule, CodePlace, IssueFacts, IssueStatus, Outcome, Owner, Priority, Trend
from tests.cards import alert_samples, issue_samples
from tests.cards.alert_samples import METRIC, SIGN_IN_URL
from tests.cards.issue_samples import CONTROLS, LONG_URL, RULE_URL, URL
from tests.cards.reading import actions_of, card_of, deep_actions_of, elements_of, markdown_of, rendered
from tests.cards.test_card_shape import VALIDATOR

MOST_BYTES = 24_000
MEGABYTE = 1_000_000
TEXTS = {
    "markup": "[x](http://evil) *a* _b_ `c` ~~d~~ # e",
    "html": "<b>bold</b> <script>alert(1)</script> <at>Everyone</at> &amp; &#42;",
    "functions": "{{DATE(2026-01-01T00:00:00Z)}} {{token}} ${x}",
    "lines": "first\r\n\r\n- second\n# third\u2028> fourth\x00\x1b[31m",
    "megabyte": "x" * MEGABYTE,
    "words": "word " * (MEGABYTE // 5),
    "backslashes": "\\" * MEGABYTE,
    "stars": "*_[](`" * (MEGABYTE // 6),
    "gothic": "𐍈" * (MEGABYTE // 4),
    "family": "👩‍👩‍👧" * (MEGABYTE // 18),
    "rtl": "\u202eevil\u202c צוות",
    "nothing": " \u200b\n\x07",
    "empty": "",
    "surrogate": "a\ud800b",
}
every_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
Cards = Iterator[tuple[str, dict[str, Any]]]


def hostile(text: str) -> Cards:
    yield from issue_samples.hostile_states(text)
    yield from alert_samples.hostile(text, issue_samples.named(text))


def ordinary() -> Cards:
    yield from issue_samples.ordinary_states()
    yield from alert_samples.ordinary()


def as_the_schema_knows_it(card: Any) -> Any:
    """Without what Teams documents beyond Adaptive Cards 1.5: mentions (msteams) and typed search (choices.data).

    Neither does the schema know the style "filtered" of typed search, which Teams documents with it.
    """
    if isinstance(card, dict):
        beyond = {"msteams", "choices.data"}
        known = {key: as_the_schema_knows_it(value) for key, value in card.items() if key not in beyond}
        return {**known, "style": "compact"} if known.get("style") == "filtered" else known
    return [as_the_schema_knows_it(each) for each in card] if isinstance(card, list) else card


def check_shape(activity: dict[str, Any]) -> None:
    assert set(activity) == {"type", "summary", "attachments"}
    (attachment,) = activity["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [error.message for error in VALIDATOR.iter_errors(as_the_schema_knows_it(attachment["content"]))] == []
    assert len(orjson.dumps(activity)) < MOST_BYTES


def check_summary(summary: str) -> None:
    assert 1 <= len(summary) <= 250
    assert len(summary.splitlines()) == 1
    assert "\u2060" not in summary


def check_texts(activity: dict[str, Any]) -> None:
    """No text is empty or adds a tag; the only links are ours."""
    tags = re.compile(r"<(\w+)(?: href=\"([^\"]*)\")?[^>]*>")
    links = {URL, LONG_URL, RULE_URL, METRIC.url}
    for text in markdown_of(activity):
        assert text
        html = re.sub(r"&lt;/?at&gt;", "", rendered(text))
        for tag, target in tags.findall(html):
            assert tag in {"p", "strong", "a"}
            assert tag != "a" or target in links


def check_mentions(activity: dict[str, Any]) -> None:
    """Whoever is tagged is an entity, exactly once in the text: nobody can be mentioned by writing a tag."""
    tags = [tag for text in markdown_of(activity) for tag in re.findall(r"<at>.*?</at>", text)]
    entities = card_of(activity).get("msteams", {}).get("entities", [])
    assert sorted(tags) == sorted(entity["text"] for entity in entities)


def check_buttons(activity: dict[str, Any]) -> None:
    styles = [action.get("style") for action in actions_of(activity)]
    assert styles.count("positive") <= 1
    assert len(styles) <= 4
    for action in deep_actions_of(activity):
        assert action["type"] in {"Action.Execute", "Action.OpenUrl", "Action.Submit"}
        assert 2 <= len(action["title"]) <= 25


def check_readable(activity: dict[str, Any]) -> None:
    elements = list(elements_of(card_of(activity)))
    assert all(element["wrap"] for element in elements if element["type"] == "TextBlock")
    assert all(element["label"] for element in elements if element["type"].startswith("Input."))
    assert all(element["altText"] for element in elements if element["type"] == "Image")


CHECKS = (check_shape, check_texts, check_mentions, check_buttons, check_readable)


def check(what: str, activity: dict[str, Any]) -> None:
    for one in CHECKS:
        try:
            one(activity)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from error
    check_summary(activity["summary"])


@every_text
def test_hostile_texts(text: str) -> None:
    shown = list(hostile(text))
    assert len(shown) > 50
    for what, activity in shown:
        check(what, activity)


def test_ordinary_cards() -> None:
    shown = dict(ordinary())
    assert len(shown) >= 50
    for what, activity in shown.items():
        check(what, activity)
        assert SIGN_IN_URL not in json.dumps(activity) or what in {"sign_in", "sign_in_unasked", "broken"}


def test_the_schema_needs_only_what_teams_adds_taken_away() -> None:
    card = card_of(cards.build_issue_card(issue_samples.ORDINARY, controls=CONTROLS))
    assert list(VALIDATOR.iter_errors(card))
    broken = as_the_schema_knows_it({**card, "body": [{"type": "TextBlock"}]})
    assert isinstance(next(VALIDATOR.iter_errors(broken)), jsonschema.ValidationError)


texts = st.text(st.one_of(st.sampled_from("\\`*_{}[]()<>#+-.!|~&:;@/=\"' \n\t1a"), st.characters()), max_size=300)
counts = st.one_of(st.none(), st.integers(min_value=0, max_value=10**18))
times = st.one_of(st.none(), st.datetimes(timezones=st.timezones(no_cache=False)))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def of(kind: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **fields)


issues = st.builds(
    IssueFacts,
    title=texts,
    url=st.sampled_from([URL, "", LONG_URL]),
    short_id=texts,
    error_type=texts,
    happened=texts,
    culprit=texts,
    code=maybe(of(CodePlace, file=texts, function=texts, line=counts, code=texts)),
    level=texts,
    unhandled=maybe(st.booleans()),
    priority=maybe(st.sampled_from(Priority)),
    status=st.sampled_from(IssueStatus),
    trend=maybe(st.sampled_from(Trend)),
    outcome=of(
        Outcome, in_release=texts, in_commit=texts, by=texts, until=times, at=times, events=counts, users=counts
    ),
    owner=maybe(of(Owner, name=texts, is_team=st.booleans())),
    project=texts,
    environment=texts,
    release=texts,
    first_seen=times,
    last_seen=times,
    events=counts,
    users=counts,
    tags=st.lists(st.tuples(texts, texts), max_size=8).map(tuple),
    rules=st.lists(of(AlertRule, name=texts, url=st.sampled_from(["", RULE_URL])), max_size=5).map(tuple),
)


@given(issues, st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_issue_makes_a_good_card(issue: IssueFacts, has_buttons: bool) -> None:
    check("issue", cards.build_issue_card(issue, controls=CONTROLS if has_buttons else None))


@given(texts)
@settings(max_examples=60, deadline=None)
def test_any_title_is_shown_as_it_is(title: str) -> None:
    issue = replace(issue_samples.BARE, title=title, short_id="WEB-1")
    first, *_ = [html for text in markdown_of(cards.build_issue_card(issue)) for html in [rendered(text)]][1:]
    assert first.count("<a ") == 1
    assert f'href="{URL}"' in first
