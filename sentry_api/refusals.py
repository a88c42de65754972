"""Sentry's refusals, told apart, with the sentences that Sentry gives kept for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from sentry_api.errors import (
    MissingPermission,
    NotFound,
    SentryAnswer,
    SentryBusy,
    SentryError,
    SentryRejected,
    WrongToken,
)
from sentry_api.rate_limits import retry_after
from sentry_api.values import line

_TOO_MANY = 429
_REFUSALS: Mapping[int, type[SentryError]] = {401: WrongToken, 403: MissingPermission, 404: NotFound}
_REJECTIONS = frozenset({400, 409, 413, 422})
_LONGEST = 300
_MOST_FIELDS = 20
_DEEPEST = 3
# Names under which Sentry gives a sentence about the whole request.
_WHOLE = ("detail", "non_field_errors", "error", "message")


def refusal(status: int, headers: Mapping[str, str], answer: Any, now: float) -> SentryError:
    """Return what a status that is no success means; `answer` is the parsed body, or None."""
    fields = dict(_fields(answer))
    detail = _detail(fields)
    if status == _TOO_MANY:
        return SentryBusy(detail, retry_after(headers, now))
    if status in _REJECTIONS:
        named = {name: text for name, text in fields.items() if name not in _WHOLE}
        return SentryRejected(status, detail, named)
    kind = _REFUSALS.get(status)
    return kind(detail) if kind else SentryAnswer(status, detail)


def _detail(fields: Mapping[str, str]) -> str:
    whole = [fields[name] for name in _WHOLE if name in fields]
    return "; ".join(dict.fromkeys(whole or fields.values()))[:_LONGEST]


def _fields(answer: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield each sentence with the dotted name of its field; lists of sentences are joined."""
    if isinstance(answer, str):
        yield name or "detail", line(answer, _LONGEST)
    elif isinstance(answer, list):
        sentences = [line(sentence, _LONGEST) for sentence in answer[:_MOST_FIELDS] if isinstance(sentence, str)]
        if sentences:
            yield name or "detail", " ".join(sentences)[:_LONGEST]
    elif isinstance(answer, dict) and depth < _DEEPEST:
        # {"detail": {"code": …, "message": …}} is one of Sentry's forms.
        prefix = "" if not name or name == "detail" else f"{name}."
        for key, value in list(answer.items())[:_MOST_FIELDS]:
            if key != "code":
                yield from _fields(value, prefix + line(key, 60), depth + 1)
