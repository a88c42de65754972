"""Whom a comment names. Sentry writes `**@Dana Scully**` when somebody is chosen from its list; people also type @…."""

import re
from collections.abc import Iterable

_CHOSEN = re.compile(r"\*\*@([^*\n]{1,200})\*\*")
_TYPED = re.compile(r"(?<![\w.@*])@([^\s@*][^\n@*]{0,200}(?:@[\w.-]+)?)")
_MOST_NAMES = 40
_MOST_WORDS = 4
_AFTER = r"(?![\w@])(?!\.\w)(?!-\w)"


def possible_names(text: str) -> list[str]:
    """Return what may be the name or address of somebody whom the text mentions."""
    found = [name.strip() for name in _CHOSEN.findall(text)]
    for typed in _TYPED.findall(text):
        words = [word for word in typed.split(" ") if word][:_MOST_WORDS]
        for count in range(1, len(words) + 1):
            name = " ".join(words[:count])
            found += [name, name.rstrip(".,;:!?)")]
    return list(dict.fromkeys(found))[:_MOST_NAMES]


def is_named(name: str, text: str, others: Iterable[str]) -> bool:
    """Tell whether the text mentions `name`, and not somebody whose name (one of the others) begins with it."""
    for longer in others:
        if len(longer) > len(name) and longer.startswith(name):
            text = re.sub(f"@{re.escape(longer)}{_AFTER}", " ", text)
    return re.search(rf"(?<![\w.])@{re.escape(name)}{_AFTER}", text) is not None
