"""Buttons that the bot acts on: Action.Execute, with an Action.Submit of the same meaning for older clients."""

from cards.adaptive import Action, ActionStyle, Inputs, execute
from cards.issue_commands import IssueCommand

TOKEN = "{{token}}"  # noqa: S105 - the hole where the caller's signed text goes


def issue_button(
    text: str,
    command: IssueCommand,
    *,
    style: ActionStyle = "default",
    inputs: Inputs = "none",
    **data: str,
) -> Action:
    """Make a button whose press sends {"command", "token", **data} and, with inputs "auto", what was filled in."""
    sent = {"command": command.value, "token": TOKEN, **data}
    return execute(text, command.value, sent, style=style, inputs=inputs)
