"""Buttons that the bot acts on: Action.Execute, with an Action.Submit of the same meaning for older clients."""

from typing import Literal, TypeAlias

from microsoft_teams.cards import ActionStyle, ExecuteAction, SubmitAction

from cards.issue_commands import IssueCommand

Data: TypeAlias = dict[str, str]
TOKEN = "{{token}}"  # noqa: S105 - the hole where the caller's signed text goes


def issue_button(
    text: str,
    command: IssueCommand,
    *,
    style: ActionStyle = "default",
    inputs: Literal["auto", "none"] = "none",
    **data: str,
) -> ExecuteAction:
    """Make a button whose press sends {"command", "token", **data} and, with inputs "auto", what was filled in."""
    sent: Data = {"command": command.value, "token": TOKEN, **data}
    fallback = SubmitAction(title=text, style=style, data=dict(sent), associated_inputs=inputs)
    return ExecuteAction(
        title=text, style=style, verb=command.value, data=dict(sent), associated_inputs=inputs, fallback=fallback
    )
