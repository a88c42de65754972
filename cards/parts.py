"""The filled parts that cards of alerts share."""

from collections.abc import Iterable, Iterator
from typing import Any

from microsoft_teams.cards import Container, ContainerStyle, FactSet, TextBlock

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
    facts = [{"title": title, "value": value} for title, value in rows if value]
    if facts:
        yield {**_FACTS.fill({}), "facts": facts}


def _filled(template: Template, text: str) -> Iterator[dict[str, Any]]:
    if text:
        yield template.fill({"text": text})


def _band(style: ContainerStyle) -> Template:
    text = TextBlock(text="{{text}}", wrap=True, weight="Bolder")
    return Template.of_part(Container(style=style, bleed=True, items=[text]))


_STYLES: tuple[ContainerStyle, ...] = ("attention", "warning", "good", "accent", "emphasis")
_BANDS = {style: _band(style) for style in _STYLES}
_HEADLINE = Template.of_part(TextBlock(text="{{text}}", wrap=True, size="Large", weight="Bolder", style="heading"))
_SENTENCE = Template.of_part(TextBlock(text="{{text}}", wrap=True, spacing="Small"))
_STRONG = Template.of_part(TextBlock(text="{{text}}", wrap=True, weight="Bolder"))
_CODE = Template.of_part(
    TextBlock(text="{{text}}", wrap=True, font_type="Monospace", size="Small", spacing="Small", is_subtle=True)
)
_FOOTER = Template.of_part(TextBlock(text="{{text}}", wrap=True, size="Small", is_subtle=True))
_NEWS = Template.of_part(TextBlock(text="{{text}}", wrap=True, weight="Bolder", color="Accent"))
_BAD_NEWS = Template.of_part(TextBlock(text="{{text}}", wrap=True, weight="Bolder", color="Attention"))
_FACTS = Template.of_part(FactSet(facts=[]))
