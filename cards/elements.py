"""The few elements that all cards are made of, so that they look alike."""

from collections.abc import Sequence

from cards.adaptive import Action, Card, Element, fact_set, open_url, submit, text_block
from cards.adaptive import card as adaptive_card


def card(*body: Element, actions: Sequence[Action] = ()) -> Card:
    """Put together an Adaptive Card."""
    return adaptive_card(body, actions)


def title(text: str) -> Element:
    """Make the card's heading, also for screen readers, from Markdown."""
    return text_block(text, size="Large", weight="Bolder", style="heading")


def paragraph(text: str) -> Element:
    """Make ordinary text from Markdown."""
    return text_block(text)


def note(text: str) -> Element:
    """Make a smaller aside from Markdown."""
    return text_block(text, size="Small", isSubtle=True)


def facts(rows: Sequence[tuple[str, str]]) -> Element:
    """Make a table of (title, value), both Markdown; a row without a value is left out."""
    return fact_set((name, value) for name, value in rows if value)


def link_button(text: str, url: str) -> Action:
    """Make the card's one primary button; it opens `url` in the browser."""
    return {**open_url(text, url), "style": "positive"}


def command_button(text: str, command: str) -> Action:
    """Make the card's one primary button; it sends the bot a message without text, value {"command": command}."""
    return {**submit(text, {"command": command}), "style": "positive"}
