"""python bot.py <command>: what is there, and that running the bot pays nothing for it."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import bot
from commands import COMMANDS, parse

HOME = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_explains_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--help"])
    assert ended.value.code == 0
    assert re.search(rf"^    {name}\s+\w+,? \w+", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([name, "--help"])
    assert ended.value.code == 0
    assert f"bot.py {name}" in capsys.readouterr().out
    assert callable(import_module(COMMANDS[name]).run)


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bot.main(["dance"])
    assert ended.value.code == 2
    assert "package" in capsys.readouterr().err


def test_running_the_bot_imports_no_command() -> None:
    program = "import sys, bot; print([name for name in sys.modules if name.startswith('commands.')])"
    ran = subprocess.run([sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_command_is_run_by_the_bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MicrosoftAppId", "11111111-2222-3333-4444-555555555555")
    monkeypatch.setenv("PUBLIC_URL", "https://bot.example.org")
    assert bot.main(["package", "--output", str(tmp_path / "app.zip")]) == 0
    assert (tmp_path / "app.zip").is_file()
