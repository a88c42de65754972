"""The answer to `test`: a card like an alert's, clearly a sample."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from cards.issue import build_issue_card
from cards.issue_notices import Notices
from issue_model import NOBODY, CodePlace, IssueFacts, Priority, Trend

_ISSUE = IssueFacts(
    title="ValueError: bad total",
    url="",
    short_id="SAMPLE-1",
    error_type="ValueError",
    happened="bad total",
    code=CodePlace(file="shop/cart.py", function="total", line=112, code="raise ValueError('bad total')"),
    level="error",
    unhandled=True,
    priority=Priority.HIGH,
    trend=Trend.NEW,
    owner=NOBODY,
    project="sample",
    environment="production",
    release="shop@1.2.3",
    events=42,
    users=7,
    tags=(("browser", "Chrome"),),
)


def build_sample_card(now: datetime) -> dict[str, Any]:
    """Show what an alert looks like here; nothing on the card exists, and it has no buttons."""
    return build_issue_card(replace(_ISSUE, first_seen=now, last_seen=now), notices=Notices(sample=True))
