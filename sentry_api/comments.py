"""Comments on issues."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sentry_api.errors import SentryAnswer
from sentry_api.people import SentryUser, user_from
from sentry_api.values import identifier, mapping, moment, paragraph


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `author` is None where Sentry names nobody."""

    id: str
    text: str
    author: SentryUser | None
    when: datetime | None


def comment_from(data: Any) -> Comment:
    """Build the comment from Sentry's JSON; raises SentryAnswer when it has no id."""
    found = mapping(data)
    comment_id = identifier(found.get("id"))
    if not comment_id:
        raise SentryAnswer(200, "the answer describes no comment")
    text = paragraph(mapping(found.get("data")).get("text"))
    return Comment(comment_id, text, user_from(found.get("user")), moment(found.get("dateCreated")))
