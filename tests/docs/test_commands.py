"""The commands in the documents: those that can run are run, the others at least make sense to a shell."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from commands import parse
from settings import setting_names
from tests.docs.reading import HOME, code, fences, files

PLACEHOLDER = re.compile(r"<[^<>\n]*>")
OURS = re.compile(r"^(?P<settings>(\w+=\S+ )*)(\.venv/bin/)?python bot\.py (?P<arguments>[a-z].*)$")
RECIPE = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
DOCUMENTS = [path for path in files() if path.parent.name != "payloads"]


def ours() -> list[str]:
    found = {PLACEHOLDER.sub("1", line.strip()) for path in DOCUMENTS for line in code(path)}
    return sorted(line for line in found if OURS.match(line))


def parsed(line: str) -> tuple[dict[str, str], list[str]]:
    match = OURS.match(line)
    assert match is not None
    given = dict(word.split("=", 1) for word in match["settings"].split())
    return given, shlex.split(match["arguments"])


def test_there_are_commands_to_look_at() -> None:
    named = {parsed(line)[1][0] for line in ours()}
    assert named >= {"doctor", "package", "installations", "rotate-keys", "deliveries"}


@pytest.mark.parametrize("line", ours())
def test_our_own_commands_run(line: str, tmp_path: Path) -> None:
    settings, arguments = parsed(line)
    if arguments[0] == "package":
        arguments += ["--output", str(tmp_path / "app.zip")]
    assert parse(arguments).command == arguments[0]
    here = {"SECRET_KEY": "k" * 40, "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "SENTRY_URLS": "http://127.0.0.1:1"}
    environment = {**os.environ, **dict.fromkeys(setting_names(), ""), **here, **settings}
    ran = subprocess.run(
        [sys.executable, "bot.py", *arguments],
        cwd=HOME, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    # 1 and 2 are answers too: here no bot runs, and there is no such place.
    assert ran.returncode in {0, 1, 2}
    assert "usage:" not in ran.stderr


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(HOME)))
def test_a_shell_takes_what_is_fenced(path: Path) -> None:
    for block in fences(path):
        script = PLACEHOLDER.sub("X", block)
        if not re.match(r"(\w+=\S+ )*(\.venv|python3?|make|az|azd|curl|npx|gunicorn|sqlite3)\b", script):
            continue
        ran = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, ""), block


def test_every_make_target_exists() -> None:
    used = {match for path in DOCUMENTS for line in code(path) for match in re.findall(r"^make ([a-z0-9-]+)", line)}
    targets = set(re.findall(r"^([a-z0-9-]+):", (HOME / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert used
    assert used - targets == set()


def test_the_recipe_for_a_key_makes_a_good_one() -> None:
    assert any(RECIPE in line for path in DOCUMENTS for line in code(path))
    ran = subprocess.run(["bash", "-c", RECIPE], capture_output=True, text=True, check=True)
    assert len(ran.stdout.strip()) == 64
