"""The filled parts that cards of alerts share."""

from collections.abc import Iterable, Iterator
from typing import Any

from cards import adaptive
from cards.adaptive import ContainerStyle, text_block
from cards.template import Template


def band(style: ContainerStyle, text: str) -> dict[str, Any]:
    """Return the coloured strip at the top of a card; its text says what the colour means."""
    return _BANDS[style].fill({"text": text})


def headline(text: str) -> dict[str, Any]:
    """Return the heading."""
    return _HEADLINE.fill({"text": text})


def sentence(text: str) -> Iterator[dict[str, Any]]:
    """Yield ordinary text, nothing for ""."""
    return _filled(_SENTENCE, text)


def strong(text: str) -> Iterator[dict[str, Any]]:
    """Yield text in bold, nothing for ""."""
    return _filled(_STRONG, text)


def code(text: str) -> Iterator[dict[str, Any]]:
    """Yield a line in a monospaced font, nothing for ""."""
    return _filled(_CODE, text)


def footer(text: str) -> Iterator[dict[str, Any]]:
    """Yield a smaller aside, nothing for ""."""
    return _filled(_FOOTER, text)


def news(text: str) -> dict[str, Any]:
    """Return a line that stands out."""
    return _NEWS.fill({"text": text})


def bad_news(text: str) -> dict[str, Any]:
    """Return a line that stands out as an error."""
    return _BAD_NEWS.fill({"text": text})


def fact_set(rows: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield a table of (title, value); rows without a value are left out, and a table without rows."""
    facts = [(title, value) for title, value in rows if value]
    if facts:
        yield adaptive.fact_set(facts)


def _filled(template: Template, text: str) -> Iterator[dict[str, Any]]:
    if text:
        yield template.fill({"text": text})


def _band(style: ContainerStyle) -> Template:
    return Template(adaptive.strip(style, text_block(_TEXT, weight="Bolder")))


_TEXT = "{{text}}"
_STYLES: tuple[ContainerStyle, ...] = ("attention", "warning", "good", "accent", "emphasis")
_BANDS = {style: _band(style) for style in _STYLES}
_HEADLINE = Template(text_block(_TEXT, size="Large", weight="Bolder", style="heading"))
_SENTENCE = Template(text_block(_TEXT, spacing="Small"))
_STRONG = Template(text_block(_TEXT, weight="Bolder"))
_CODE = Template(text_block(_TEXT, fontType="Monospace", size="Small", spacing="Small", isSubtle=True))
_FOOTER = Template(text_block(_TEXT, size="Small", isSubtle=True))
_NEWS = Template(text_block(_TEXT, weight="Bolder", color="Accent"))
_BAD_NEWS = Template(text_block(_TEXT, weight="Bolder", color="Attention"))
