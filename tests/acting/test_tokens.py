"""What a button carries, and which page of Sentry an address names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.issue_actions import LONGEST_TOKEN
from model import Place, PlaceKind
from services.acting.addresses import IssueAddress, issue_in
from services.acting.tokens import ActionTokens, Subject, TokenForged

TOKENS = ActionTokens(["a-secret-key-for-tests-that-is-long-enough"])
HERE = Place("tenant", "19:here@thread.tacv2", PlaceKind.TEAM)
LARGEST = 2**63 - 1
SENTRYS = ("https://sentry.io", "https://sentry.example.org:8443/base")


@given(st.integers(1, LARGEST), st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_token_tells_what_it_was_made_for_and_fits_a_button(organization_id: int, issue_id: str) -> None:
    token = TOKENS.issue(Subject(organization_id, issue_id), HERE)
    assert TOKENS.read(token, HERE) == Subject(organization_id, issue_id)
    assert len(token) <= LONGEST_TOKEN


@given(st.data())
def test_any_changed_character_breaks_the_token(data: st.DataObject) -> None:
    token = TOKENS.issue(Subject(1, "2"), HERE)
    at = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda each: each != token[at]))
    with pytest.raises(TokenForged):
        TOKENS.read(token[:at] + other + token[at + 1 :], HERE)


@given(st.text(max_size=300))
def test_no_other_text_is_a_token(text: str) -> None:
    with pytest.raises(TokenForged):
        TOKENS.read(text, HERE)


@pytest.mark.parametrize(
    "place", [Place("other", HERE.place_id, HERE.kind), Place("tenant", "19:there@thread.tacv2", HERE.kind)]
)
def test_token_belongs_to_its_place(place: Place) -> None:
    with pytest.raises(TokenForged):
        TOKENS.read(TOKENS.issue(Subject(1, "2"), HERE), place)


def test_token_survives_a_new_key() -> None:
    rotated = ActionTokens(["a-newer-key-for-tests-that-is-long-enough", "a-secret-key-for-tests-that-is-long-enough"])
    assert rotated.read(TOKENS.issue(Subject(1, "2"), HERE), HERE) == Subject(1, "2")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://sentry.io/organizations/acme/issues/12/", IssueAddress("https://sentry.io", "acme", "12")),
        ("https://acme.sentry.io/issues/12/?project=1#x", IssueAddress("https://sentry.io", "acme", "12")),
        ("https://acme.sentry.io/issues/12/events/abc/", IssueAddress("https://sentry.io", "acme", "12")),
        (
            "https://sentry.example.org:8443/base/organizations/acme/issues/7",
            IssueAddress("https://sentry.example.org:8443/base", "acme", "7"),
        ),
        ("https://sentry.io.evil.example/organizations/acme/issues/12/", None),
        ("http://sentry.io/organizations/acme/issues/12/", None),
        ("https://sentry.io/organizations/acme/issues/../../x/", None),
        ("https://sentry.io/issues/12/", None),
        ("https://user@sentry.io/organizations/a/issues/12/x" + "y" * 3000, None),
    ],
)
def test_address_of_an_issue(url: str, found: IssueAddress | None) -> None:
    assert issue_in(url, SENTRYS) == found


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    assert issue_in(text, SENTRYS) is None
    issue_in(f"https://sentry.io/{text}", SENTRYS)
