"""Names that people or Teams gave, made safe to show: plain for summaries, escaped for the Markdown of a card.

Teams has two renderers. Desktop and web run markdown-it: it drops a backslash before any ASCII punctuation, decodes
entities and links `<http://…>`. The phones run a small parser of their own: it drops a backslash before `* _ [ ] )`
only, shows every other one, shows entities as they stand, and loses bold around names that are not ASCII. Hence a
backslash where both agree, elsewhere an invisible word joiner that keeps characters from meaning anything together,
and quotation marks instead of bold. (A backtick has to take the backslash: nothing else stops desktop's code spans.)
"""

import re
from collections.abc import Iterable

import orjson

MAX_LENGTH = 80
_JOINER = "\u2060"
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
# Whatever is longer, times the limit, is cut before any other work, so that megabytes of spaces cost nothing.
_RAW = 4

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_SUSPECT = re.compile(r"[*_\[\])`\\<&~{]|^[-+#>\d]")
_SPECIAL = re.compile(r"[*_\[\])`]")
_PAIRED = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)|<(?=[A-Za-z/!?]|[^\s<>]*@)|&(?=#?\w+;)|~(?=~)|\{(?=\{)")
_BLOCK_START = re.compile(r"[-+#>]|\d{1,9}[.)]")


def plain(name: str, fallback: str = "", limit: int = MAX_LENGTH) -> str:
    """Return one line of visible text, at most `limit` characters, or `fallback` when nothing visible is left."""
    text = _one_line(name[: _RAW * limit])
    if len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    if not text.isascii() and _RIGHT_TO_LEFT.search(text):
        # Isolated, so that right-to-left letters do not pull the words around them along.
        return f"{_ISOLATE}{text}{_END_ISOLATE}"
    return text or fallback


def markdown(name: str, fallback: str = "", limit: int = MAX_LENGTH) -> str:
    """Return `plain`, escaped so that TextBlock and FactSet show exactly that text."""
    text = plain(name, fallback, limit)
    if not _SUSPECT.search(text):
        return text
    escaped = _SPECIAL.sub(r"\\\g<0>", inert(text))
    return _JOINER + escaped if _BLOCK_START.match(text) else escaped


def inert(text: str) -> str:
    """Return a plain text in which nothing is a tag, an entity or a function, for what shows HTML but no Markdown."""
    return _PAIRED.sub(rf"\g<0>{_JOINER}", text)


def quoted(name: str, fallback: str, limit: int = MAX_LENGTH) -> str:
    """Return Markdown: the name in quotation marks, or `fallback` without any when nothing visible is left."""
    escaped = markdown(name, limit=limit)
    return f"“{escaped}”" if escaped else fallback


def paragraphs(text: str, limit: int = 1000, lines: int = 12) -> str:
    """Return Markdown that shows a text of several lines exactly; what is too long or too many ends in "…"."""
    shown = [markdown(line, limit=limit) for line in text[:limit].splitlines()]
    kept = [line for line in shown if line]
    is_cut = len(text) > limit or len(kept) > lines
    return "\n\n".join([*kept[:lines], "…"] if is_cut else kept)


def fitting(texts: Iterable[str], budget: int) -> list[str]:
    """Return as many of the texts, from the first on, as fit into `budget` bytes of JSON; Teams limits a card."""
    kept: list[str] = []
    for text in texts:
        budget -= len(orjson.dumps(text))
        if budget < 0:
            break
        kept.append(text)
    return kept


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_UNSEEN.sub("", line).split())
