"""The language that the bot speaks just now, and what people read in it. Imports nothing of ours.

English is what stands in the code; the other languages are the catalogues in locale/. A catalogue is compiled when its
language is first spoken, or by prepare(): a plain clone needs no build step, and no .mo can be older than its .po.
"""

import gettext as gnu
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
CATALOGUES = Path(__file__).resolve().parent / "locale"
ENGLISH = "en"
_WEIGHT = re.compile(r"q\s*=\s*(\d(?:\.\d*)?)")
_LONGEST_HEADER = 500


@cache
def _catalogue(language: str) -> gnu.GNUTranslations:
    # Babel and the catalogues take 70 ms, and who speaks English needs neither.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


LANGUAGES = (ENGLISH, *sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir()))
_current: ContextVar[str] = ContextVar("language", default="")


@dataclass(slots=True)
class _Shared:
    """What is spoken to all, and to whom nothing is known of."""

    language: str = ENGLISH


_shared = _Shared()


def speak_to_all_in(language: str) -> None:
    """Choose, when the bot starts, the language that is spoken where nobody in particular is spoken to."""
    _shared.language = language


def prepare() -> None:
    """Compile every catalogue before somebody waits for one; for a thread."""
    for name in LANGUAGES[1:]:
        _catalogue(name)


def language() -> str:
    """Return the language that is spoken now, one of LANGUAGES."""
    return _current.get() or _shared.language


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak the language of `locale`, such as "de-AT"; the one for all if it is none of LANGUAGES."""
    token = _current.set(spoken(locale) or "")
    try:
        yield
    finally:
        _current.reset(token)


def speaking_to_all() -> AbstractContextManager[None]:
    """Speak one language, for a card that everybody in a place sees and many events change; it would flicker else."""
    return speaking("")


def spoken(locale: str) -> str | None:
    """Return the one of LANGUAGES that a locale stands for."""
    name = locale[:20].replace("_", "-").partition("-")[0].strip().lower()
    return name if name in LANGUAGES else None


def accepted(header: str) -> str:
    """Return the language that a browser's Accept-Language likes best; "" when there is none of ours in it."""
    ranked = [(-_weight(each), place, spoken(each.partition(";")[0].strip())) for place, each in _ranges(header)]
    liked = sorted((weight, place, name) for weight, place, name in ranked if name and weight)
    return liked[0][2] if liked else ""


def _ranges(header: str) -> Iterator[tuple[int, str]]:
    return enumerate(header[:_LONGEST_HEADER].split(","))


def _weight(language_range: str) -> float:
    found = _WEIGHT.search(language_range.partition(";")[2])
    return float(found[1]) if found else 1.0


def gettext(text: str) -> str:
    """Return `text`, which stands in the code in English, in the language that is spoken now."""
    name = _current.get() or _shared.language
    # The translation of nothing would be the catalogue's head.
    return text if name == ENGLISH or not text else _catalogue(name).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form that fits `number`."""
    name = _current.get() or _shared.language
    if name == ENGLISH:
        return one if number == 1 else many
    return _catalogue(name).ngettext(one, many, number)


def marked(text: str) -> str:
    """Return `text` as it is: what is said later, by gettext, but stands here."""
    return text


def number(value: float) -> str:
    """Return a number with at most three decimals, grouped as the language does: "1,234", "0.125"."""
    name = _current.get() or _shared.language
    if name != ENGLISH:
        from babel.numbers import format_decimal  # noqa: PLC0415 - as above

        return format_decimal(value, "#,##0.###", locale=name)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def once_per_language(build: Callable[P, R]) -> Callable[P, R]:
    """Let `build` run once for each language and each arguments; what it returned is kept."""
    kept: dict[object, R] = {}

    def built(*of: P.args, **named: P.kwargs) -> R:
        key = (_current.get() or _shared.language, of, *named.items())
        if key not in kept:
            kept[key] = build(*of, **named)
        return kept[key]

    return built
