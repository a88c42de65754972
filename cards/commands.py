"""What the bot understands: the answer to `help`, and to anything it does not understand."""

from collections.abc import Sequence
from typing import Any

from cards.elements import card, facts, note, title
from cards.template import message
from texts import gettext as _
from texts import marked

_HINT = marked("In a channel or a group chat, mention me first.")


def build_help_card(commands: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Answer `help`: list `commands`, (name, description), both written by us."""
    summary = _("Commands: {commands}").format(commands=_names(commands))
    return message(card(title(_("What I understand")), facts(commands), note(_(_HINT))), summary)


def build_unknown_command_card(commands: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Say that a message was not understood, without repeating it, and list `commands`."""
    summary = _("I did not understand that. Commands: {commands}").format(commands=_names(commands))
    return message(card(title(_("I did not understand that")), facts(commands), note(_(_HINT))), summary)


def _names(commands: Sequence[tuple[str, str]]) -> str:
    return ", ".join(name for name, _description in commands)
