"""The frame that people look for in a stack trace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sentry_api.values import count, line, mapping

_LONGEST_LINE = 200
# From the end of a trace, where the error is: a hostile trace may have a million frames.
_MOST_FRAMES = 500
_MOST_EXCEPTIONS = 20


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the code; `code` is the line itself. "" and None stand for what is not told."""

    file: str
    function: str
    line: int | None
    code: str


def exceptions_in(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the exceptions of an event, the one that was raised last at the end."""
    entries = event.get("entries")
    data = next((_data(entry) for entry in _last(entries) if mapping(entry).get("type") == "exception"), {})
    values = mapping(event.get("exception")).get("values") or data.get("values")
    return [mapping(value) for value in _last(values, _MOST_EXCEPTIONS)]


def top_frame(event: Mapping[str, Any], exceptions: list[Mapping[str, Any]]) -> Frame | None:
    """Return the frame of the app's own code that is nearest to the error; the nearest of all if none is the app's."""
    frames = [frame for frame in _frames(event, exceptions) if _place(frame)]
    own = next((frame for frame in frames if frame.get("in_app") is True or frame.get("inApp") is True), None)
    frame = own or next(iter(frames), None)
    return None if frame is None else _frame(frame)


def _frames(event: Mapping[str, Any], exceptions: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the frames, those nearest to the error first."""
    for holder in [*reversed(exceptions), event]:
        for frame in reversed(_last(mapping(holder.get("stacktrace")).get("frames"))):
            yield mapping(frame)


def _frame(frame: Mapping[str, Any]) -> Frame:
    number = count(frame.get("lineno")) or count(frame.get("lineNo"))
    code = line(frame.get("context_line"), _LONGEST_LINE) or _line_at(frame.get("context"), number)
    return Frame(_place(frame), line(frame.get("function"), _LONGEST_LINE), number, code)


def _place(frame: Mapping[str, Any]) -> str:
    names = (frame.get("filename"), frame.get("module"), frame.get("absPath"), frame.get("abs_path"))
    return next((text for text in (line(name, _LONGEST_LINE) for name in names) if text), "")


def _line_at(context: Any, number: int | None) -> str:
    """Find the line in a list of [number, line]."""
    for pair in _last(context, 50):
        if isinstance(pair, list) and len(pair) > 1 and number is not None and pair[0] == number:
            return line(pair[1], _LONGEST_LINE)
    return ""


def _data(entry: Any) -> Mapping[str, Any]:
    return mapping(mapping(entry).get("data"))


def _last(value: Any, most: int = _MOST_FRAMES) -> list[Any]:
    return value[-most:] if isinstance(value, list) else []
