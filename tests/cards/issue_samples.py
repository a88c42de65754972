"""Issues in every state, with ordinary and with hostile texts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cards
from cards import Candidate, Controls, Failed, Notices, Storm, Working
from issue_model import (
    NOBODY,
    AlertRule,
    CodePlace,
    IssueFacts,
    IssueStatus,
    Outcome,
    Owner,
    Priority,
    Trend,
)

URL = "https://acme.sentry.io/issues/4200/"
RULE_URL = "https://acme.sentry.io/alerts/rules/web/77/"
LONG_URL = f"https://acme.sentry.io/{'x' * 470}/"
TOKEN = ("eyJpIjo0MjAwLCJwIjoxN30.aSQ3xQ.7Wd-_kQmB1Zl0zN5cS2vXQe" * 5)[:260]
NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, 42, 5, tzinfo=UTC)
SOMEBODY = [Candidate("#checkout", "team:5"), Candidate("Ada Lovelace", "user:12"), Candidate("Dana Ng", "user:8")]
CONTROLS = Controls(TOKEN, tuple(SOMEBODY))

ORDINARY = IssueFacts(
    title="ValueError: bad total: cart 81 has no currency",
    url=URL,
    short_id="WEB-1A",
    error_type="ValueError",
    happened="bad total: cart 81 has no currency",
    culprit="shop.cart in total",
    code=CodePlace(file="shop/cart.py", function="total", line=112, code="raise ValueError(f'bad total: {cart}')"),
    level="error",
    unhandled=True,
    priority=Priority.HIGH,
    trend=Trend.NEW,
    owner=NOBODY,
    project="web",
    environment="production",
    release="shop@1.2.3",
    first_seen=MORNING,
    last_seen=NOON,
    events=1234,
    users=56,
    tags=(("browser", "Chrome 142"), ("region", "eu-1")),
    rules=(AlertRule(name="Errors in checkout", url=RULE_URL),),
)
BARE = IssueFacts(title="", url=URL)
WARNING = replace(
    ORDINARY,
    title="Slow query on the orders page takes more than two seconds for every customer with a large number of orders",
    error_type="",
    happened="",
    code=None,
    culprit="/api/orders/{id}",
    level="warning",
    unhandled=None,
    priority=Priority.MEDIUM,
    trend=Trend.ESCALATING,
    owner=Owner(name="checkout", is_team=True),
    rules=tuple(AlertRule(name=f"Rule {number}") for number in range(5)),
)


def named(text: str) -> IssueFacts:
    """An issue in which everything that can be a text is this one."""
    return replace(
        ORDINARY,
        title=text,
        url=LONG_URL,
        short_id=text,
        error_type=text,
        happened=text,
        culprit=text,
        code=CodePlace(file=text, function=text, line=10**12, code=text),
        level=text,
        owner=Owner(name=text),
        project=text,
        environment=text,
        release=text,
        events=10**12,
        users=10**12,
        tags=((text, text),) * 30,
        rules=(AlertRule(name=text, url=LONG_URL),) * 30,
        outcome=Outcome(in_release=text, in_commit=text, by=text, at=NOON),
    )


def resolved(issue: IssueFacts, outcome: Outcome) -> IssueFacts:
    return replace(issue, status=IssueStatus.RESOLVED, outcome=outcome, owner=Owner(name="Dana Ng"))


def archived(issue: IssueFacts, outcome: Outcome) -> IssueFacts:
    return replace(issue, status=IssueStatus.ARCHIVED, outcome=outcome)


def ordinary_states() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of an issue's card, under a name of its own."""
    by = Outcome(by="Dana Ng", at=NOON)
    yield "open", cards.build_issue_card(ORDINARY, controls=CONTROLS)
    yield "warning", cards.build_issue_card(WARNING, controls=CONTROLS)
    yield "bare", cards.build_issue_card(BARE, controls=Controls(TOKEN))
    yield "no_buttons", cards.build_issue_card(ORDINARY)
    yield "resolved", cards.build_issue_card(resolved(ORDINARY, by), controls=CONTROLS)
    release = resolved(ORDINARY, replace(by, in_release="shop@1.2.4"))
    yield "resolved_in_release", cards.build_issue_card(release, controls=CONTROLS)
    escalating = archived(ORDINARY, replace(by, until_escalating=True))
    yield "archived", cards.build_issue_card(escalating, controls=CONTROLS)
    yield from (
        (
            what,
            cards.build_issue_card(replace(ORDINARY, owner=Owner(name="Dana Ng")), controls=CONTROLS, notices=notices),
        )
        for what, notices in notices_by_name("Dana Ng", "You do not have permission to resolve this issue.").items()
    )


def notices_by_name(person: str, reason: str) -> dict[str, Notices]:
    return {
        "working": Notices(progress=Working("resolving the issue", by=person)),
        "failed": Notices(progress=Failed("resolve the issue", reason, by=person)),
        "storm": Notices(storm=Storm(events=340, minutes=15)),
        "muted": Notices(muted_until=NOON),
        "sample": Notices(sample=True),
    }


def hostile_states(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state with one and the same text everywhere."""
    issue = named(text)
    controls = Controls(TOKEN, tuple(Candidate(text, f"user:{number}") for number in range(200)))
    for status in IssueStatus:
        at = replace(issue, status=status)
        yield f"issue_{status.name.lower()}", cards.build_issue_card(at, controls=controls)
        for what, notices in notices_by_name(text, text).items():
            yield f"issue_{status.name.lower()}_{what}", cards.build_issue_card(at, controls=controls, notices=notices)
