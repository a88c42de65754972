"""Names are shown exactly, and mean nothing to either of Teams' renderers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.escape import MAX_LENGTH, markdown, plain, quoted
from cards.links import host, link, organization_url
from tests.cards.reading import JOINER, rendered, shown

SPECIAL = "\\`*_{}[]()<>#+-.!|~&:;@/=\"' \n\t1a"
any_name = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters()), max_size=60)


@pytest.mark.parametrize(
    "name", ["Platform Team", "Ümläut-Überwachung 24/7", "東京チーム", "DOMAIN\\user", "R&D", "a < b"]
)
def test_ordinary_name_stays_as_it_is(name: str) -> None:
    assert markdown(name) == name


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("R&D_core (EU)", r"R&D\_core (EU\)"),
        ("[x](http://evil) *a* _b_", r"\[x\](http://evil\) \*a\* \_b\_"),
        ("`code`", r"\`code\`"),
        ("<b>", f"<{JOINER}b>"),
        ("<me@evil.example>", f"<{JOINER}me@evil.example>"),
        ("<1@evil.example>", f"<{JOINER}1@evil.example>"),
        ("&lt;", f"&{JOINER}lt;"),
        ("~~gone~~", f"~{JOINER}~gone~{JOINER}~"),
        ("back\\", f"back\\{JOINER}"),
        ("\\*", f"\\{JOINER}\\*"),
        ("1. First", f"{JOINER}1. First"),
        ("- On call", f"{JOINER}- On call"),
        ("# 1", f"{JOINER}# 1"),
        ("> quote", f"{JOINER}> quote"),
        ("+ more", f"{JOINER}+ more"),
        ("{{DATE(2026-01-01T00:00:00Z)}}", f"{{{JOINER}{{DATE(2026-01-01T00:00:00Z\\)}}}}"),
    ],
)
def test_special_characters_lose_their_meaning(name: str, escaped: str) -> None:
    assert markdown(name) == escaped
    assert shown(escaped) == name


@given(any_name)
def test_desktop_shows_exactly_the_name(name: str) -> None:
    for before, after in (("", ""), ("I was added to “", "”. More."), ("by ", "."), ("[", "](https://sentry.io/)")):
        html = rendered(f"{before}{markdown(name, 'x')}{after}")
        assert set(re.findall(r"</?\w+", html)) <= {"<p", "</p", *(["<a", "</a"] if before == "[" else [])}
        expected = f"{before}{plain(name, 'x')}{after}" if before != "[" else plain(name, "x")
        assert shown(f"{before}{markdown(name, 'x')}{after}") == expected


def shown_on_a_phone(text: str) -> str:
    """Their parser drops a backslash before these characters only, and any of them without one is markup."""
    assert not re.search(r"(?<!\\)[*_\[\])]", text)
    return re.sub(r"\\([*_\[\])])", r"\1", text).replace(JOINER, "")


@given(any_name)
def test_phones_show_exactly_the_name(name: str) -> None:
    without_backticks = name.replace("`", "'")
    assert shown_on_a_phone(markdown(without_backticks)) == plain(without_backticks)


@given(any_name)
def test_no_list_starts_with_a_name(name: str) -> None:
    assert not re.match(r"[-+*#>]|\d+[.)]", markdown(name))


@given(st.text())
def test_plain_is_one_visible_line_of_limited_length(name: str) -> None:
    text = plain(name, "fallback")
    inner = text.strip("\u2068\u2069")
    assert 0 < len(inner) <= MAX_LENGTH
    assert len(inner.splitlines()) == 1
    assert inner == " ".join(inner.split())
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", inner)
    inner.encode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a\r\n\tb", "a b"),
        ("\ud800x\x00", "x"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("x" * 10_000, "x" * 79 + "…"),
        (" " * 10_000 + "x", "fallback"),
        ("👩‍👩‍👧 team", "👩‍👩‍👧 team"),
        ("שלח 1", "\u2068שלח 1\u2069"),
        ("فريق المنصة", "\u2068فريق المنصة\u2069"),
        ("", "fallback"),
        ("\u200b\u2060", "fallback"),
    ],
)
def test_plain(name: str, text: str) -> None:
    assert plain(name, "fallback") == text


def test_quoted_has_no_quotation_marks_around_nothing() -> None:
    assert quoted("a*", "this team") == "“a\\*”"
    assert quoted(" \n", "this team") == "this team"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://sentry.io/organizations/acme/?a=1&b=%20", "https://sentry.io/organizations/acme/?a=1&amp;b=%20"),
        ("https://sentry.io/a) [x](http://evil", "https://sentry.io/a%29%20%5Bx%5D%28http://evil"),
        ('https://sentry.io/<b>"\\', "https://sentry.io/%3Cb%3E%22%5C"),
    ],
)
def test_link_goes_where_it_says(url: str, target: str) -> None:
    assert rendered(link("A]cme [1]", url)) == f'<p><a href="{target}">A]cme [1]</a></p>\n'


def test_link_without_a_visible_name_can_still_be_clicked() -> None:
    assert shown(link("\u200b", "https://sentry.io/")) == "Open in Sentry"


@pytest.mark.parametrize(
    ("sentry_url", "slug", "url"),
    [
        ("https://sentry.io", "acme", "https://sentry.io/organizations/acme/"),
        ("https://example.com/sentry/", "a/../b?c", "https://example.com/sentry/organizations/a%2F..%2Fb%3Fc/"),
    ],
)
def test_organization_url(sentry_url: str, slug: str, url: str) -> None:
    assert organization_url(sentry_url, slug) == url


@pytest.mark.parametrize(
    ("sentry_url", "name"),
    [
        ("https://sentry.io", "sentry.io"),
        ("http://user:secret@sentry.local:9000/x", "sentry.local:9000"),
        ("https://my_sentry.example", "my\\_sentry.example"),
    ],
)
def test_host(sentry_url: str, name: str) -> None:
    assert host(sentry_url) == name
