"""What was said, besides who was mentioned. The odd shapes are those at which the SDK's own stripper fails."""

from typing import Any

import pytest

from adapter.mentions import mentions, text_without_mentions

BOT = "28:11111111-2222-3333-4444-555555555555"


def said(text: object, *entities: object) -> dict[str, Any]:
    return {"type": "message", "text": text, "entities": list(entities)}


def mention(text: object = "<at>Bot</at>", id_: object = BOT) -> dict[str, Any]:
    return {"type": "mention", "mentioned": {"id": id_, "name": "Bot"}, "text": text}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (said("<at>Bot</at> status", mention()), "status"),
        (said("status <at>Bot</at>", mention()), "status"),
        (said("<at>Bot</at>\u00a0status\r\n", mention()), "status"),
        (said('<at id="0">Bot</at> status', mention('<at id="0">Bot</at>')), "status"),
        (said("<at>Bot</at> tell Bot about Bot", mention()), "tell Bot about Bot"),
        (said("<at>Bot</at> <at>Bot</at> status", mention(), mention()), "status"),
        (said("<at>Bot</at> ask <at>Ann</at>", mention(), mention("<at>Ann</at>", "29:ann")), "ask Ann"),
        (said("<at>Other</at> status", mention("<at>Other</at>", "28:other")), "Other status"),
        (said("<at>Bot</at> a &lt;b&gt; &amp; c", mention()), "a <b> & c"),
        (said("<div><at>Bot</at> <b>status</b></div>", mention()), "status"),
        (said("<at>Bot</at>", mention()), ""),
        (said("status"), "status"),
        (said(None, mention()), ""),
        (said("", mention()), ""),
        (said("status", mention(None)), "status"),
        (said("status", mention("")), "status"),
        (said("status", mention(5)), "status"),
        (said("status", {"type": "mention"}), "status"),
        (said("status", {"type": "mention", "mentioned": None}), "status"),
        (said("status", {"mentioned": {"id": BOT}}, None, 5, "x", {"type": 5}), "status"),
        ({"type": "message", "text": "status"}, "status"),
        ({"type": "message", "text": "status", "entities": None}, "status"),
    ],
)
def test_what_was_said(raw: dict[str, Any], text: str) -> None:
    assert text_without_mentions(raw, BOT) == text


@pytest.mark.parametrize(
    ("raw", "mentioned"),
    [
        (said("", mention()), True),
        (said("", mention(id_=BOT.upper())), True),
        (said("", mention(id_="28:other")), False),
        (said("<at>Bot</at>"), False),
        (said("", mention(id_=None)), False),
        (said("", mention(id_=5)), False),
        (said("", {"type": "clientInfo", "mentioned": {"id": BOT}}), False),
    ],
)
def test_ids_mention_and_names_do_not(raw: dict[str, Any], mentioned: bool) -> None:
    assert mentions(raw, BOT) is mentioned
