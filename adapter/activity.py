"""From bytes to an activity: strict JSON, the right types, the SDK's model without its serializer.

msrest's deserializer takes 0.3 ms, turns numbers and objects into text where text belongs, and loses
conversation.tenantId, mentions and unknown keys; here wrong types are refused and the JSON stays at hand.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    Entity,
    MessageReaction,
)

from adapter.refusals import malformed

DEEPEST = 64
# Teams' ids have up to 200 characters; a database has to keep them in an index.
LONGEST_ID = 500
_TEXTS = (
    "id", "channelId", "text", "textFormat", "name", "action", "locale", "localTimezone", "replyToId",
    "timestamp", "deliveryMode", "callerId", "summary", "label", "valueType", "topicName",
)  # fmt: skip
_ACCOUNTS = ("from", "recipient")
_ACCOUNT_TEXTS = ("id", "name", "aadObjectId", "role")
_CONVERSATION_TEXTS = ("name", "conversationType", "tenantId")
_ACCOUNT_LISTS = ("membersAdded", "membersRemoved")
_OBJECT_LISTS = ("entities", "attachments", "reactionsAdded", "reactionsRemoved")


class InboundActivity(Activity):  # type: ignore[misc]  # the SDK has no types
    """The SDK's Activity, and in `raw` the JSON it was made of."""

    raw: dict[str, Any]


def parse(body: bytes) -> dict[str, Any]:
    """Return the activity in `body`; raises Refused (400) when it is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise malformed("body_not_json", "the body is not JSON") from None
    if not isinstance(value, dict):
        raise malformed("body_not_an_object", "the body is not a JSON object")
    # As many brackets as that are needed to nest too deep; most activities have fewer and are not walked.
    if body.count(b"{") + body.count(b"[") > DEEPEST and sum(1 for _ in _levels(value)) > DEEPEST:
        raise malformed("body_too_deep", "the body is nested too deep")
    # PostgreSQL cannot keep it, and Teams does not send it.
    if b"\\u0000" in body and any(isinstance(item, str) and "\0" in item for level in _levels(value) for item in level):
        raise malformed("nul_character", "a text has a NUL character in it")
    _check_shape(value)
    return value


def _levels(value: Any) -> Iterator[list[Any]]:
    """Yield the values at each depth, the whole first."""
    level = [value]
    while level:
        yield level
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]


def _check_shape(raw: dict[str, Any]) -> None:
    for name in ("type", "serviceUrl"):
        if not isinstance(raw.get(name), str) or not raw[name]:
            raise malformed("field_missing", f"{name} is missing")
    conversation = raw.get("conversation")
    if not isinstance(conversation, dict) or not isinstance(conversation.get("id"), str) or not conversation["id"]:
        raise malformed("field_missing", "conversation.id is missing")
    if len(conversation["id"]) > LONGEST_ID:
        raise malformed("field_too_long", "conversation.id is too long")
    _check_texts(conversation, _CONVERSATION_TEXTS)
    _expect(conversation, "isGroup", (bool, str))  # older clients write "True"
    _check_texts(raw, _TEXTS)
    for name in _ACCOUNTS:
        _expect(raw, name, dict)
        _check_texts(raw.get(name) or {}, _ACCOUNT_TEXTS)
    for name in _ACCOUNT_LISTS + _OBJECT_LISTS:
        _expect(raw, name, list)


def _check_texts(holder: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        _expect(holder, name, str)


def _expect(holder: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> None:
    value = holder.get(name)
    if value is not None and not isinstance(value, kind):
        raise malformed("field_type", f"{name} has the wrong type")


def to_model(raw: dict[str, Any]) -> InboundActivity:
    """Return the SDK's model of an activity that `parse` has accepted."""
    activity = InboundActivity(
        type=raw["type"],
        id=raw.get("id"),
        timestamp=parse_timestamp(raw.get("timestamp")),
        service_url=raw["serviceUrl"],
        channel_id=raw.get("channelId"),
        from_property=_account(raw.get("from")),
        conversation=_conversation(raw["conversation"]),
        recipient=_account(raw.get("recipient")),
        text=raw.get("text"),
        text_format=raw.get("textFormat"),
        name=raw.get("name"),
        action=raw.get("action"),
        locale=raw.get("locale"),
        local_timezone=raw.get("localTimezone"),
        reply_to_id=raw.get("replyToId"),
        delivery_mode=raw.get("deliveryMode"),
        topic_name=raw.get("topicName"),
        value=raw.get("value"),
        channel_data=raw.get("channelData"),
        members_added=_accounts(raw.get("membersAdded")),
        members_removed=_accounts(raw.get("membersRemoved")),
    )
    _add_lists(activity, raw)
    activity.raw = raw
    return activity


def _add_lists(activity: InboundActivity, raw: dict[str, Any]) -> None:
    if raw.get("entities"):
        activity.entities = [_entity(entity) for entity in _objects(raw["entities"])]
    if raw.get("attachments"):
        activity.attachments = [_attachment(attachment) for attachment in _objects(raw["attachments"])]
    if raw.get("reactionsAdded"):
        activity.reactions_added = [MessageReaction(type=item.get("type")) for item in _objects(raw["reactionsAdded"])]
    if raw.get("reactionsRemoved"):
        activity.reactions_removed = [
            MessageReaction(type=item.get("type")) for item in _objects(raw["reactionsRemoved"])
        ]


def parse_timestamp(text: str | None) -> datetime | None:
    """Return the channel's timestamp (ISO 8601, any number of fractional digits) in UTC, None when there is none."""
    try:
        moment = datetime.fromisoformat(text) if text else None
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no time, or one that in UTC is outside of the calendar
        return None


def _objects(values: list[Any]) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)]


def _account(raw: dict[str, Any] | None) -> ChannelAccount | None:
    if raw is None:
        return None
    return ChannelAccount(
        id=raw.get("id"), name=raw.get("name"), aad_object_id=raw.get("aadObjectId"), role=raw.get("role")
    )


def _accounts(raw: list[Any] | None) -> list[ChannelAccount] | None:
    return None if raw is None else [_account(item) for item in _objects(raw) if isinstance(item.get("id"), str)]


def _conversation(raw: dict[str, Any]) -> ConversationAccount:
    return ConversationAccount(
        id=raw["id"],
        name=raw.get("name"),
        is_group=raw.get("isGroup"),
        conversation_type=raw.get("conversationType"),
        tenant_id=raw.get("tenantId"),
    )


def _entity(raw: dict[str, Any]) -> Entity:
    entity = Entity(type=raw.get("type"))
    entity.additional_properties = {name: value for name, value in raw.items() if name != "type"}
    return entity


def _attachment(raw: dict[str, Any]) -> Attachment:
    return Attachment(
        content_type=raw.get("contentType"),
        content_url=raw.get("contentUrl"),
        content=raw.get("content"),
        name=raw.get("name"),
        thumbnail_url=raw.get("thumbnailUrl"),
    )
