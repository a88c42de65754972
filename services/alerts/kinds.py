"""Webhooks as they are kept until they are worked on: what was read of them, not what came in."""

from collections.abc import Mapping
from typing import Any

import orjson

from sentry_api.webhook_events import (
    ActivityAlert,
    CommentChanged,
    ErrorEvent,
    EventAlert,
    InstallationChanged,
    IssueChanged,
    MetricAlert,
    WebhookEvent,
)
from services.alerts.kept import Kept

_KEPT = (EventAlert, MetricAlert, IssueChanged, CommentChanged, ErrorEvent, InstallationChanged, ActivityAlert)
_READERS: Mapping[str, Kept[Any]] = {kind.__name__: Kept(kind) for kind in _KEPT}


def kept(event: WebhookEvent) -> tuple[str, str] | None:
    """Return kind and text to keep; None for what nobody will work on."""
    name = type(event).__name__
    return (name, orjson.dumps(event, option=orjson.OPT_NON_STR_KEYS).decode()) if name in _READERS else None


def read(kind: str, body: str) -> WebhookEvent:
    """Return what was kept; raises ValueError for what an older or newer version kept in another way."""
    reader = _READERS.get(kind)
    if reader is None:
        raise ValueError(f"webhooks of the kind {kind} are not known")
    event: WebhookEvent = reader.read(body)
    return event
