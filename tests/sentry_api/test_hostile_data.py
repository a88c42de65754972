import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.sentry_furniture import furnish
from sandbox.sentry_hooks import (
    Alert,
    Failure,
    Measure,
    comment_data,
    event_alert,
    event_of,
    issue_data,
    metric_data,
)
from sandbox.sentry_integrations import app_json, installation_json
from sandbox.sentry_model import SentryState
from sandbox.sentry_people import member_json
from sandbox.sentry_records import Comment, Issue
from sandbox.sentry_shapes import event_json, issue_json
from sentry_api.errors import SentryAnswer
from sentry_api.event import event_from
from sentry_api.integrations import installation_from, integration_from
from sentry_api.issue import issue_from
from sentry_api.organizations import organization_from
from sentry_api.people import member_from, team_from, user_from
from sentry_api.projects import project_from, release_from
from sentry_api.refusals import refusal
from sentry_api.sign_in import grant_from
from sentry_api.values import moment
from sentry_api.webhook_events import Hook
from sentry_api.webhooks import parse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RESOURCES = ("event_alert", "metric_alert", "issue", "comment", "error", "installation", "activity_alert", "seer")
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "../x", "javascript:alert(1)", "http://[", "https://x\n", "9" * 30, "\x00\u202e", "a" * 5000]
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def world() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return well-formed bodies of webhooks by resource, and answers of the API by name."""
    state = SentryState(url="https://sentry.example.com")
    furniture = furnish(state)
    tenant = state.tenants[furniture.organization.slug]
    issue = Issue("7", "WEB-1", tenant.projects["web"], "ValueError: bad")
    event = event_of(Failure(), issue, tenant, state.url)
    comment = Comment("5", "hello", {"type": "user", "id": 1, "name": "Dana"}, furniture.dana)
    data = {
        "event_alert": event_alert(event, Alert(settings={"channel": "c"}), furniture.app),
        "metric_alert": metric_data(Measure(settings={"channel": "c"}), furniture.app, "acme", state.url),
        "issue": issue_data(issue, tenant, state.url),
        "comment": comment_data(comment, issue),
        "error": {"error": event},
        "installation": {"installation": installation_json(furniture.app)},
        "activity_alert": {
            **issue_data(issue, tenant, state.url),
            "activity": {"type": "seer", "details": {}},
            "alert": {"id": 1},
        },
        "seer": {},
    }
    hooks = {
        resource: {"action": "created", "installation": {"uuid": "i"}, "actor": {"type": "user", "id": 1}, "data": d}
        for resource, d in data.items()
    }
    answers = {
        "issue": issue_json(issue, tenant, state.url),
        "event": event_json(issue, event),
        "member": member_json(tenant.members[0]),
        "app": app_json(furniture.app),
    }
    return hooks, answers


HOOKS, ANSWERS = world()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where in a JSON value something could be put or missing."""
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [place for key, inner in value.items() for place in places(inner, (*path, key))]
    if isinstance(value, list):
        return found + [place for i, inner in enumerate(value[:3]) for place in places(inner, (*path, i))]
    return found


def changed(value: Any, path: tuple[Any, ...], new: Any, *, remove: bool) -> Any:
    """Return the value with something else at one place, or nothing there."""
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    if remove:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return value


@st.composite
def spoiled(draw: st.DrawFn, whole: Any) -> Any:
    """Draw the value, spoiled at up to three places."""
    for _ in range(draw(st.integers(1, 3))):
        if found := places(whole):
            whole = changed(whole, draw(st.sampled_from(found)), draw(values), remove=draw(st.booleans()))
    return whole


def dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # lone surrogates
        return b"{}"


def answers_or_refuses(read: Callable[[Any], object], value: Any) -> bool:
    try:
        return read(value) is not None
    except SentryAnswer as error:
        return bool(error.detail)


many = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@many
@given(st.sampled_from(RESOURCES), st.data())
def test_spoiled_webhooks_are_read_or_unknown(resource: str, data: st.DataObject) -> None:
    event = parse(resource, dumped(data.draw(spoiled(HOOKS[resource]))))
    assert isinstance(event, Hook)
    # What is read goes through a queue, and little of it is kept.
    assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 - our own
    assert len(repr(event)) < 100_000


@many
@given(st.sampled_from(RESOURCES), values)
def test_anything_at_all_is_read_or_unknown(resource: str, value: Any) -> None:
    assert isinstance(parse(resource, dumped(value)), Hook)


@many
@given(st.text(max_size=30), st.binary(max_size=200))
def test_any_bytes_are_read_or_unknown(resource: str, body: bytes) -> None:
    assert isinstance(parse(resource, body), Hook)


@many
@given(st.data())
def test_spoiled_answers_are_read_or_refused(data: st.DataObject) -> None:
    event_from(data.draw(spoiled(ANSWERS["event"])))
    member_from(data.draw(spoiled(ANSWERS["member"])))
    integration_from(data.draw(spoiled(ANSWERS["app"])))
    spoiled_issue = data.draw(spoiled(ANSWERS["issue"]))
    try:
        issue = issue_from(spoiled_issue)
    except SentryAnswer:
        return
    assert issue.id.isdigit()
    assert issue.url == "" or issue.url.startswith(("http://", "https://"))
    assert "\n" not in issue.title


@many
@given(values)
def test_any_answer_is_read_or_refused(value: Any) -> None:
    for read in (
        event_from,
        member_from,
        team_from,
        user_from,
        project_from,
        release_from,
        integration_from,
        installation_from,
    ):
        read(value)
    for strict in (issue_from, lambda v: organization_from(v, "https://sentry.io"), lambda v: grant_from(v, NOW)):
        assert answers_or_refuses(strict, value)


@many
@given(st.integers(300, 599), values)
def test_any_refusal_has_a_short_sentence(status: int, value: Any) -> None:
    error = refusal(status, {}, value, 0.0)
    assert len(error.detail) <= 300
    assert error.detail.isprintable()


@given(values)
def test_moments_are_times_with_a_zone(value: Any) -> None:
    found = moment(value)
    assert found is None or found.tzinfo is not None


def test_moments_as_sentry_writes_them_and_as_it_does_not() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for text in ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00.000000Z", "2026-01-01T14:00:00+02:00", 1767268800.0):
        assert moment(text) == noon
    for value in (1e300, -1e300, 1e15, 10**400, float("nan"), "yesterday", "9999-12-31T23:59:59-14:00", True, None):
        assert moment(value) is None


def test_refusals_in_the_forms_sentry_has() -> None:
    for answer, detail in (
        ({"detail": "No."}, "No."),
        ({"detail": {"code": "sso-required", "message": "Must login via SSO"}}, "Must login via SSO"),
        (["One.", "Two."], "One. Two."),
        ({"non_field_errors": ["No."], "status": ["Bad."]}, "No."),
        ({"status": ["Bad."], "priority": ["Worse."]}, "Bad.; Worse."),
        ({"error": "invalid_grant"}, "invalid_grant"),
        (None, ""),
        ("plain", "plain"),
    ):
        assert refusal(400, {}, answer, 0.0).detail == detail
