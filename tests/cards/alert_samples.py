"""Every card of alerts other than an issue's own, with one text in place of all that others may write."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cards
from alert_model import IdentityFacts, MetricAlertFacts, MetricState, SubscriptionFacts
from issue_model import AlertRule, CommentFacts, CommentState, IssueFacts, TeamsPerson
from model import PlaceKind
from tests.cards.issue_samples import LONG_URL, MORNING, NOON, ORDINARY, RULE_URL

Cards = Iterator[tuple[str, dict[str, Any]]]
SIGN_IN_URL = "https://bot.example.com/sign-in?state=eyJ1IjoiMjk6YWIifQ.aSQ3xQ.7Wd-_k"
POINTS = (12.0, 14.0, 9.0, 22.0, 31.0, 28.0, 60.0, 95.0, 140.0, 150.0)
METRIC = MetricAlertFacts(
    title="Critical: Error rate in checkout",
    url="https://acme.sentry.io/alerts/rules/details/7/",
    state=MetricState.CRITICAL,
    happened="150 events in the last 10 minutes",
    value=150.0,
    threshold=100.0,
    aggregate="count()",
    query="level:error",
    minutes=10,
    projects=("web", "shop"),
    environment="production",
    started=MORNING,
    points=POINTS,
)
SUBSCRIPTION = SubscriptionFacts(
    organization="Acme Corp",
    kinds=("issues", "metrics"),
    projects=("web",),
    levels=("error", "fatal"),
    environments=("production",),
    tags=(("region", "eu-1"),),
)
EVERYTHING = SubscriptionFacts(organization="Acme EU")
IDENTITY = IdentityFacts(
    sentry_url="https://acme.sentry.io", name="Ada Lovelace", email="ada@acme.example", linked_at=NOON
)
ADA = TeamsPerson(id="5f0e7c9a-4d1a-4a55-9a46-0c6d2a3f1b77", name="Ada Lovelace")


def metric_named(text: str) -> MetricAlertFacts:
    return replace(
        METRIC, title=text, happened=text, aggregate=text, query=text, projects=(text,) * 30, environment=text,
        value=1e300, threshold=-1e300, points=(1e300, -1e300) * 500, minutes=10**12, closed=NOON,
    )  # fmt: skip


def subscription_named(text: str) -> SubscriptionFacts:
    many = (text,) * 30
    return SubscriptionFacts(
        organization=text, kinds=many, projects=many, levels=many, environments=many, tags=((text, text),) * 30
    )


def metrics(alert: MetricAlertFacts) -> Cards:
    for state in MetricState:
        yield f"metric_{state}", cards.build_metric_alert_card(replace(alert, state=state))
    yield "metric_no_chart", cards.build_metric_alert_card(replace(alert, points=(), value=None, threshold=None))
    yield "metric_sample", cards.build_metric_alert_card(alert, notices=cards.Notices(sample=True))


def threads(issue: IssueFacts, author: str, text: str, people: list[TeamsPerson]) -> Cards:
    for state in CommentState:
        comment = CommentFacts(author=author, text=text, state=state, at=NOON)
        yield f"comment_{state}", cards.build_comment_card(comment, issue, people)
    yield "comment_nobody", cards.build_comment_card(CommentFacts(author="", text=""), issue)
    yield "assigned", cards.build_assigned_card(issue, people[0], author)
    yield "assigned_by_nobody", cards.build_assigned_card(issue, people[0], "")


def listening(subscriptions: list[SubscriptionFacts], rules: list[AlertRule], text: str) -> Cards:
    for kind in PlaceKind:
        name = kind.name.lower()
        yield f"subscriptions_{name}", cards.build_subscriptions_card(text, subscriptions, kind, rules=rules)
        yield f"no_subscriptions_{name}", cards.build_subscriptions_card(text, [], kind)
    yield "rules_only", cards.build_subscriptions_card(text, [], rules=rules, muted_until=NOON)
    yield "subscribed", cards.build_subscribed_card(subscriptions[0], text)
    yield "unsubscribed", cards.build_unsubscribed_card(subscriptions[:1], 1)
    yield "not_unsubscribed", cards.build_unsubscribed_card([], 0)
    yield "muted", cards.build_muted_card(NOON, text)
    yield "unmuted", cards.build_muted_card(None, text)


def identities(known: list[IdentityFacts], text: str, short_id: str) -> Cards:
    urls = [identity.sentry_url for identity in known]
    yield "sign_in", cards.build_sign_in_card(urls[0], SIGN_IN_URL, "resolve", short_id)
    yield "sign_in_unasked", cards.build_sign_in_card(urls[0], SIGN_IN_URL)
    yield "signed_in", cards.build_signed_in_card(known[0], "The issue is resolved.")
    yield "whoami", cards.build_whoami_card(known)
    yield "nobody", cards.build_whoami_card([])
    yield "unlinked", cards.build_unlinked_card(urls)
    yield "not_unlinked", cards.build_unlinked_card([])
    yield "not_allowed", cards.build_not_allowed_card(text)
    yield "broken", cards.build_broken_connection_card(text, urls[0], text, SIGN_IN_URL)
    yield "broken_without_link", cards.build_broken_connection_card(text, urls[0])
    yield "mended", cards.build_mended_connection_card(text)


def lookups(issue: IssueFacts, text: str, organizations: list[str]) -> Cards:
    yield "not_found", cards.build_issue_not_found_card(text, organizations)
    yield "nothing_to_search", cards.build_issue_not_found_card(text, [])
    yield from ((f"which_issue_{kind.name.lower()}", cards.build_which_issue_card(kind)) for kind in PlaceKind)
    yield "issue_list", cards.build_issue_list_card([issue] * 12)
    yield "test", cards.build_sample_card(NOON)


def ordinary() -> Cards:
    rules = [AlertRule(name="Errors in checkout", url=RULE_URL), AlertRule(name="Slow pages")]
    text = "Dana Ng"
    yield from metrics(METRIC)
    yield from threads(ORDINARY, text, "I look at it.\n\nThe cart has **no** currency.", [ADA])
    yield from listening([SUBSCRIPTION, EVERYTHING], rules, "R&D_core (EU)")
    yield from identities([IDENTITY, replace(IDENTITY, sentry_url="https://sentry.acme.example:9000")], text, "WEB-1A")
    yield from lookups(ORDINARY, "WEB-99", ["Acme Corp", "Acme EU"])


def hostile(text: str, issue: IssueFacts) -> Cards:
    people = [TeamsPerson(id=f"29:{number}", name=text) for number in range(30)]
    known = [IdentityFacts(sentry_url=LONG_URL, name=text, email=text, linked_at=NOON)] * 30
    yield from metrics(metric_named(text))
    yield from threads(issue, text, text, people)
    yield from listening([subscription_named(text)] * 100, [AlertRule(name=text, url=LONG_URL)] * 100, text)
    yield from identities(known, text, text)
    yield from lookups(issue, text, [text] * 30)
