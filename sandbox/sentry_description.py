"""Holds requests against Sentry's own description of its API (OpenAPI), where a copy of it lies beside the project.

The description's licence keeps it out of the tree: SENTRY_OPENAPI names the file, else it is looked for where the
project's shared test data lie.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator

BESIDE = Path(__file__).parents[2] / "shared/testdata/sentry/sentry-openapi-subset.json"
# What Sentry has and this description does not name: (method, path) or (method, path, parameter).
UNDESCRIBED = {
    ("POST", "/api/0/organizations/{}/issues/{}/comments/"),  # what Sentry's own pages call
    ("GET", "/api/0/organizations/{}/sentry-apps/"),  # described elsewhere in Sentry's API reference
    ("GET", "/api/0/sentry-app-installations/{}/"),  # the reference describes changing it
    ("GET", "/api/0/organizations/{}/members/", "query"),  # what Sentry's own pages send
}
# The description lists the named events only; ids are what the address is for.
_EVENT_ID = re.compile(r"[0-9a-f]{32}")


def description_file() -> Path | None:
    """Where the description is, or None: then nothing is checked."""
    path = Path(os.environ.get("SENTRY_OPENAPI") or BESIDE)
    return path if path.is_file() else None


@dataclass(frozen=True, slots=True)
class _Described:
    method: str
    template: str
    pattern: "re.Pattern[str]"
    query: Mapping[str, Mapping[str, Any]]
    path: Mapping[str, Mapping[str, Any]]
    body: Draft202012Validator | None


class Description:
    """The operations of a description."""

    def __init__(self, file: Path) -> None:
        paths = orjson.loads(file.read_bytes())["paths"]
        self._operations = [
            _described(method.upper(), template, operation)
            for template, operations in paths.items()
            for method, operation in operations.items()
        ]

    def violations(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> list[str]:
        """What of a request is not as described; nothing: all is well."""
        for operation in self._operations:
            match = operation.pattern.fullmatch(path)
            if match and operation.method == method:
                return [*_query(operation, query), *_path(operation, match), *_body(operation, body)]
        known = any(len(known) == 2 and known[0] == method and _like(known[1], path) for known in UNDESCRIBED)
        return [] if known else [f"{method} {path} is not described"]


def _described(method: str, template: str, operation: Mapping[str, Any]) -> _Described:
    parameters = operation.get("parameters", [])
    schemas = {
        place: {p["name"]: plain(p.get("schema", {})) for p in parameters if p["in"] == place}
        for place in ("query", "path")
    }
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
    validator = Draft202012Validator(closed(plain(body))) if body else None
    return _Described(method, template, pattern, schemas["query"], schemas["path"], validator)


def _query(operation: _Described, query: Mapping[str, list[str]]) -> Iterator[str]:
    place = re.sub(r"\{\w+\}", "{}", operation.template)
    for name, values in query.items():
        schema = operation.query.get(name)
        if schema is None and (operation.method, place, name) not in UNDESCRIBED:
            yield f"{operation.template} has no parameter {name}"
        elif schema is not None:
            yield from (f"{name}: {value!r} does not fit" for value in values if not _fits(value, schema))


def _path(operation: _Described, match: "re.Match[str]") -> Iterator[str]:
    for name, value in match.groupdict().items():
        if not _fits(value, operation.path.get(name, {})) and not _EVENT_ID.fullmatch(value):
            yield f"{name}: {value!r} does not fit"


def _body(operation: _Described, body: bytes) -> Iterator[str]:
    if operation.body is None:
        yield from ["a body is not described"] if body else []
        return
    try:
        value = orjson.loads(body)
    except ValueError:
        yield "the body is not JSON"
        return
    yield from (f"body {error.json_path}: {error.message}" for error in operation.body.iter_errors(value))


def _fits(text: str, schema: Mapping[str, Any]) -> bool:
    item = schema.get("items", {}) if schema.get("type") == "array" else schema
    values: list[object] = [text, int(text)] if text.isdigit() else [text]
    return any(Draft202012Validator(item).is_valid(value) for value in values)


def _like(template: str, path: str) -> bool:
    return re.fullmatch(template.replace("{}", "[^/]+"), path) is not None


def plain(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: plain(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [out, {"type": "null"}]} if schema.get("nullable") else out


def closed(schema: Any) -> Any:
    """With no other properties than those named, and none required.

    The description lists all of them as required, against its own text ("Only the attributes submitted are modified").
    """
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: closed(value) for key, value in schema.items() if key != "required" or not isinstance(value, list)}
    return {**out, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else out
