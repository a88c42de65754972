"""Requests are held against a description; here a small one, in the form in which Sentry publishes its own."""

from pathlib import Path

import orjson
import pytest

from sandbox.sentry_description import Description, description_file

ISSUE = {
    "put": {
        "parameters": [
            {"name": "organization_id_or_slug", "in": "path", "schema": {"type": "string"}},
            {"name": "issue_id", "in": "path", "schema": {"type": "string"}},
        ],
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["status", "substatus", "statusDetails"],
                        "properties": {
                            "status": {"type": "string", "enum": ["resolved", "ignored"]},
                            "substatus": {"type": "string", "nullable": True},
                            "statusDetails": {
                                "allOf": [
                                    {
                                        "type": "object",
                                        "required": ["ignoreWindow"],
                                        "properties": {"ignoreWindow": {"type": "integer", "maximum": 10080}},
                                    }
                                ]
                            },
                        },
                    }
                }
            }
        },
    }
}
MEMBERS = {
    "get": {
        "parameters": [
            {"name": "organization_id_or_slug", "in": "path", "schema": {"type": "string"}},
            {"name": "cursor", "in": "query", "schema": {"type": "string", "minLength": 1}},
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            {"name": "sort", "in": "query", "schema": {"type": "array", "items": {"enum": ["date", "new"]}}},
        ]
    }
}
EVENT = {
    "get": {
        "parameters": [
            {"name": "event_id", "in": "path", "schema": {"type": "string", "enum": ["latest", "oldest"]}},
        ]
    }
}
ORGANIZATION = "/api/0/organizations/{organization_id_or_slug}/"
PATHS = {
    ORGANIZATION + "issues/{issue_id}/": ISSUE,
    ORGANIZATION + "members/": MEMBERS,
    ORGANIZATION + "issues/{issue_id}/events/{event_id}/": EVENT,
}


@pytest.fixture
def description(tmp_path: Path) -> Description:
    file = tmp_path / "description.json"
    file.write_bytes(orjson.dumps({"paths": PATHS}))
    return Description(file)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "resolved"},
        {"status": "ignored", "substatus": None},
        {"statusDetails": {}},
        {"statusDetails": {"ignoreWindow": 10080}},
    ],
)
def test_changes_as_described(description: Description, body: object) -> None:
    assert description.violations("PUT", "/api/0/organizations/acme/issues/1/", {}, orjson.dumps(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        {"status": "done"},
        {"substatus": 5},
        {"resolved": True},
        {"statusDetails": {"ignoreWindow": 10081}},
        {"statusDetails": {"window": 1}},
        [],
    ],
)
def test_changes_that_are_not_described(description: Description, body: object) -> None:
    assert description.violations("PUT", "/api/0/organizations/acme/issues/1/", {}, orjson.dumps(body))


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({}, True),
        ({"cursor": ["0:1:0"], "limit": ["5"], "sort": ["date", "new"]}, True),
        ({"query": ["ada"]}, True),  # what Sentry's own pages send
        ({"cursor": [""]}, False),
        ({"limit": ["many"]}, False),
        ({"sort": ["date", "old"]}, False),
        ({"page": ["1"]}, False),
    ],
)
def test_parameters(description: Description, query: dict[str, list[str]], fits: bool) -> None:
    assert (description.violations("GET", "/api/0/organizations/acme/members/", query, b"") == []) == fits


@pytest.mark.parametrize(
    ("method", "path", "fits"),
    [
        ("GET", "/api/0/organizations/acme/issues/1/events/latest/", True),
        ("GET", f"/api/0/organizations/acme/issues/1/events/{'a' * 32}/", True),
        ("GET", "/api/0/organizations/acme/issues/1/events/newest/", False),
        ("POST", "/api/0/organizations/acme/issues/1/comments/", True),  # named as not described
        ("DELETE", "/api/0/organizations/acme/issues/1/comments/", False),
        ("DELETE", "/api/0/organizations/acme/issues/1/", False),
        ("GET", "/api/0/organizations/acme/members", False),
    ],
)
def test_places(description: Description, method: str, path: str, fits: bool) -> None:
    assert (description.violations(method, path, {}, b"") == []) == fits


def test_body_where_none_belongs(description: Description) -> None:
    assert description.violations("GET", "/api/0/organizations/acme/members/", {}, b"{}")


def test_description_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "description.json"
    file.write_text('{"paths": {}}')
    monkeypatch.setenv("SENTRY_OPENAPI", str(file))
    assert description_file() == file
    monkeypatch.setenv("SENTRY_OPENAPI", str(tmp_path / "gone.json"))
    assert description_file() is None
