"""The menus of commands in the manifest: each entry is answered as Teams puts it into the box, its title alone."""

import ast
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from commands.app_package import HERE
from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry
from sandbox.teams import GroupChat, PersonalChat, Team
from services.commands import Command, listed
from tests.alerts.world import words
from tests.conftest import ServedBot
from tests.handlers.talk import Place, connect, happens, say, summaries

HOME = HERE.parent
PLACES: dict[str, type[Place]] = {"team": Team, "personal": PersonalChat, "groupChat": GroupChat}
# Microsoft's page on menus allows ten in each, and a language's file has places for ten; the schema says twelve.
MOST = 10
PRIVATE = "it is about the person alone: elsewhere it is answered by where to ask"
NOT_LISTED = {
    "team": {"link": PRIVATE, "whoami": PRIVATE, "unlink": PRIVATE, "unmute": "the answer to mute names it"},
    "personal": {
        "unsubscribe": "the answer to subscriptions names it",
        "unmute": "the answer to mute names it",
        "test": "the answer to subscribe names it",
        "unlink": "the answer to help names it",
    },
}
NOT_LISTED["groupChat"] = NOT_LISTED["team"]
UNANSWERED = ("I did not understand that", "Let us talk in private", "Nothing was changed")


def menus() -> dict[str, dict[str, str]]:
    """The title and the description of each entry, by scope."""
    template = json.loads((HERE / "manifest.template.json").read_text("utf-8"))
    lists: list[dict[str, Any]] = template["bots"][0]["commandLists"]
    return {each["scopes"][0]: {one["title"]: one["description"] for one in each["commands"]} for each in lists}


def known() -> set[str]:
    """Every command that some line of code takes."""
    return {
        *Command,
        *_keys(HOME / "services" / "listening.py", "answers"),
        *_cases(ast.parse((HOME / "handlers" / "invokes.py").read_text("utf-8"))),
    }


def _keys(path: Any, variable: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.AnnAssign)
            and ast.unparse(node.target) == variable
            and isinstance(node.value, ast.Dict)
        ):
            yield from (str(ast.literal_eval(key)) for key in node.value.keys if key is not None)


def _cases(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.MatchSequence) and isinstance(node.patterns[0], ast.MatchValue):
            yield str(ast.literal_eval(node.patterns[0].value))


@pytest.mark.parametrize("scope", PLACES)
def test_every_command_is_in_the_menu_or_left_out_for_a_reason(scope: str) -> None:
    menu, left_out = menus()[scope], NOT_LISTED[scope]
    assert set(menu) | set(left_out) == known()
    assert set(menu) & set(left_out) == set()
    assert len(menu) <= MOST


def test_a_menu_says_what_help_says() -> None:
    told = {"whoami": "See who you are in Sentry", **dict(listed())}
    for menu in menus().values():
        assert menu == {name: told[name] for name in menu}


async def answer(bot: ServedBot, microsoft: Microsoft, place: Place, text: str) -> str:
    count = len(summaries(microsoft))
    assert await say(bot, place, text) < 300
    await happens(lambda: len(summaries(microsoft)) > count)
    return words(microsoft.connector.activities[-1].activity)


@pytest.mark.parametrize("scope", PLACES)
async def test_what_the_menu_puts_into_the_box_is_answered_as_it_stands(
    start_bot: Callable[..., Awaitable[ServedBot]], microsoft: Microsoft, sentry: Sentry, scope: str
) -> None:
    place = PLACES[scope]()
    bot = await start_bot()
    await connect(bot, microsoft, sentry, place)
    said = {name: await answer(bot, microsoft, place, name) for name in menus()[scope]}
    assert {name: text for name, text in said.items() if text.startswith(UNANSWERED)} == {}
    assert not [name for name, text in said.items() if any(each in text for each in UNANSWERED)]
    for name, reason in NOT_LISTED[scope].items():
        if reason.endswith("names it"):
            assert name in said[reason.split()[3]], reason
        else:
            assert "in our own chat" in await answer(bot, microsoft, place, name) or name == "unlink"
    assert "issue WEB-1A" in said["issue"]
