"""The parts of Adaptive Cards 1.5 that our cards are made of, as JSON; the types know which values a client knows.

Names and values are those of https://adaptivecards.io/explorer; tests/cards holds every card against the schema.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

Element: TypeAlias = dict[str, Any]
Action: TypeAlias = dict[str, Any]
Card: TypeAlias = dict[str, Any]
Data: TypeAlias = Mapping[str, Any]
ContainerStyle: TypeAlias = Literal["accent", "attention", "emphasis", "good", "warning"]
ActionStyle: TypeAlias = Literal["default", "destructive", "positive"]
Inputs: TypeAlias = Literal["auto", "none"]

VERSION = "1.5"
"""The newest that Teams documents for bots."""


class TextStyle(TypedDict, total=False):
    """How a text looks."""

    color: Literal["Accent", "Attention"]
    fontType: Literal["Monospace"]
    isSubtle: bool
    size: Literal["Small", "Large"]
    spacing: Literal["Small"]
    style: Literal["heading"]
    weight: Literal["Bolder"]


def card(body: Sequence[Element], actions: Sequence[Action] = ()) -> Card:
    """Put an Adaptive Card together."""
    content: Card = {"type": "AdaptiveCard", "version": VERSION, "body": list(body)}
    return {**content, "actions": list(actions)} if actions else content


def text_block(text: str, **style: Unpack[TextStyle]) -> Element:
    """Make text from Markdown; a long one goes on in the next line."""
    return {"type": "TextBlock", "text": text, "wrap": True, **style}


def fact_set(rows: Iterable[tuple[str, str]]) -> Element:
    """Make a table of (title, value), both Markdown."""
    return {"type": "FactSet", "facts": [{"title": title, "value": value} for title, value in rows]}


def strip(style: ContainerStyle, *items: Element) -> Element:
    """Make a coloured strip from one edge of the card to the other."""
    return {"type": "Container", "style": style, "bleed": True, "items": list(items)}


def image(url: str, alt_text: str, width: int, height: int) -> Element:
    """Make a picture; width and height are in pixels, `alt_text` is what a screen reader says."""
    size = {"width": f"{width}px", "height": f"{height}px"}
    return {"type": "Image", "url": url, "altText": alt_text, **size, "spacing": "Small"}


def action_set(*actions: Action) -> Element:
    """Make a row of buttons in the body."""
    return {"type": "ActionSet", "actions": list(actions)}


class Asked(TypedDict, total=False):
    """What goes with every input."""

    label: str
    placeholder: str
    isRequired: bool
    errorMessage: str


def choice_set(
    name: str, choices: Iterable[tuple[str, str]], *, style: Literal["compact", "filtered"], **asked: Unpack[Asked]
) -> Element:
    """Make a list of (title, value) to choose one from; the choice is sent as `name`."""
    listed = [{"title": title, "value": value} for title, value in choices]
    return {"type": "Input.ChoiceSet", "id": name, "style": style, "choices": listed, **asked}


def found_by_typing(dataset: str) -> dict[str, str]:
    """Make what lets a client ask the bot for the choices that fit what is typed (Teams docs, "Dynamic search")."""
    return {"type": "Data.Query", "dataset": dataset}


def text_input(name: str, *, longest: int, **asked: Unpack[Asked]) -> Element:
    """Make a field for several lines of at most `longest` characters; they are sent as `name`."""
    return {"type": "Input.Text", "id": name, "isMultiline": True, "maxLength": longest, **asked}


def open_url(title: str, url: str) -> Action:
    """Make a button that opens `url` in the browser."""
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def submit(title: str, data: Data) -> Action:
    """Make a button whose press is a message without text that carries `data` as its value."""
    return {"type": "Action.Submit", "title": title, "data": dict(data)}


def execute(
    title: str, verb: str, data: Data, *, style: ActionStyle = "default", inputs: Inputs | None = None
) -> Action:
    """Make a button whose press is an invoke; to clients without such buttons it is one of `submit`.

    inputs: whether what was filled in goes along; None where there is nothing to fill in.
    """
    how = {"style": style, **({"associatedInputs": inputs} if inputs else {})}
    fallback = {**submit(title, data), **how}
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": dict(data), **how, "fallback": fallback}


def show_card(title: str, body: Sequence[Element], actions: Sequence[Action] = ()) -> Action:
    """Make a button that opens a card below the buttons."""
    return {"type": "Action.ShowCard", "title": title, "card": card(body, actions)}
