"""How log lines are written: for people on a console, or one JSON object a line."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from settings import LogFormat, Settings
from telemetry import report

Event = MutableMapping[str, Any]
LONGEST_VALUE = 500
# What stands in variables is what people and Teams have sent, and tokens.
WITHOUT_VARIABLES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
QUIET = ("aiohttp.access", "alembic", "msal", "msrest", "urllib3")
_CONTROL = {code: None for code in [*range(32), 127, *range(128, 160), 0x2028, 0x2029] if code not in {9, 10}}


def configure(settings: Settings) -> None:
    """Send structlog's and the libraries' lines to standard error, in the format and from the level of the settings."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    as_json = settings.log_format is LogFormat.JSON
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        clean,
    ]
    last: list[Any] = (
        [structlog.processors.ExceptionRenderer(WITHOUT_VARIABLES), structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, report, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_drop_internals, *last])
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def clean(_logger: object, _method: str, event: Event) -> Event:
    """Strip control characters from what callers may have sent, and cap its length (source: CWE-117)."""
    return {name: _clean(value) if isinstance(value, str) else value for name, value in event.items()}


def _clean(value: str) -> str:
    return value if value.isprintable() and len(value) <= LONGEST_VALUE else value.translate(_CONTROL)[:LONGEST_VALUE]


def _drop_internals(logger: Any, method: str, event: Event) -> Event:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(logger, method, event)
