"""The few elements that all cards are made of, so that they look alike."""

from collections.abc import Sequence

from microsoft_teams.cards import (
    Action,
    AdaptiveCard,
    CardElement,
    Fact,
    FactSet,
    OpenUrlAction,
    SubmitAction,
    TextBlock,
)


def card(*body: CardElement, actions: Sequence[Action] = ()) -> AdaptiveCard:
    """Put together an Adaptive Card 1.5, the newest version that Teams documents for bots."""
    return AdaptiveCard(version="1.5", body=list(body), actions=list(actions) or None)


def title(text: str) -> TextBlock:
    """Make the card's heading, also for screen readers, from Markdown."""
    return TextBlock(text=text, size="Large", weight="Bolder", style="heading", wrap=True)


def paragraph(text: str) -> TextBlock:
    """Make ordinary text from Markdown."""
    return TextBlock(text=text, wrap=True)


def note(text: str) -> TextBlock:
    """Make a smaller aside from Markdown."""
    return TextBlock(text=text, wrap=True, size="Small", is_subtle=True)


def facts(rows: Sequence[tuple[str, str]]) -> FactSet:
    """Make a table of (title, value), both Markdown; a row without a value is left out."""
    return FactSet(facts=[Fact(title=name, value=value) for name, value in rows if value])


def link_button(text: str, url: str) -> OpenUrlAction:
    """Make the card's one primary button; it opens `url` in the browser."""
    return OpenUrlAction(title=text, url=url, style="positive")


def command_button(text: str, command: str) -> SubmitAction:
    """Make the card's one primary button; it sends the bot a message without text, value {"command": command}."""
    return SubmitAction(title=text, style="positive", data={"command": command})
