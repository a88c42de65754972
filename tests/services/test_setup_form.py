import pytest

from services.setup_form import SetupForm, SetupRequest, read_form
from services.setup_problems import ProblemKind, SetupProblem

SENTRY = "https://sentry.io"
LISTED = (SENTRY, "https://de.sentry.io")


def read(sentry_url: str = SENTRY, organization: str = "acme", token: str = "t0ken", name: str = "") -> SetupRequest:
    return read_form(SetupForm(sentry_url, organization, token, name), LISTED)


def test_form_as_meant() -> None:
    assert read("https://de.sentry.io/", " Acme ", " t0ken\n", " Ada  Lovelace ") == SetupRequest(
        "https://de.sentry.io", "acme", "t0ken", "Ada Lovelace"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "acme-inc",
        "ACME-Inc",
        "https://acme-inc.sentry.io",
        "https://acme-inc.sentry.io/issues/?project=1",
        "https://sentry.io/organizations/acme-inc/issues/",
        "https://sentry.io/settings/acme-inc/",
    ],
)
def test_slug_may_be_pasted_as_an_address(typed: str) -> None:
    assert read(organization=typed).slug == "acme-inc"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "acme inc", "../admin", "acme/../x", "a?b", "ä", "a" * 65, "https://sentry.io/", "http://[", "a\0b"],
)
def test_what_is_no_slug_is_refused(typed: str) -> None:
    assert refusal(organization=typed) is ProblemKind.INVALID_ORGANIZATION


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak", "tökén", "a\0b", "x" * 1001])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refusal(token=token) is ProblemKind.INVALID_TOKEN


@pytest.mark.parametrize(
    "url", ["", "https://evil.example", "https://sentry.io.evil.example", "https://sentry.io@evil", "http://sentry.io"]
)
def test_sentry_that_is_not_listed_is_refused(url: str) -> None:
    assert refusal(sentry_url=url) is ProblemKind.UNKNOWN_SENTRY


def test_name_is_one_short_line_without_control_characters() -> None:
    assert read(name="A\u202eda\x00\n\tL").connected_by == "Ada L"
    assert len(read(name="x" * 500).connected_by) == 80


def test_token_is_not_shown_when_a_form_is_logged() -> None:
    assert "t0ken" not in f"{SetupForm(SENTRY, 'acme', 't0ken')} {read()}"


def refusal(**fields: str) -> ProblemKind:
    with pytest.raises(SetupProblem) as raised:
        read(**fields)
    return raised.value.kind
