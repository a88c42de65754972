"""python bot.py doctor: what it prints, and with which status it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.http import open_session
from commands.doctor import _checked, report
from commands.doctor.findings import Finding, Status, failed, ok
from commands.doctor.patient import Patient
from settings import load_settings, setting_names

HOME = Path(__file__).resolve().parents[3]
FINDINGS = [
    ok("clock", "0 s"),
    failed("Sentry", "no answer from a host with a long name", "It is down", "Wait, or " + "ask " * 30),
]


def doctor(values: Mapping[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **dict.fromkeys(setting_names(), ""), **values}
    arguments = [sys.executable, str(HOME / "bot.py"), "doctor", *options]
    return subprocess.run(arguments, env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=60)


def test_mistakes_in_the_settings_are_findings() -> None:
    ran = doctor({"MicrosoftAppId": "my bot", "LOG_LEVEL": "LOUD"}, "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["healthy"], ran.stderr) == (1, False, "")
    assert {finding["check"] for finding in told["findings"]} == {"settings"}
    assert any(finding["found"].startswith("LOG_LEVEL is 'LOUD'") for finding in told["findings"])


def test_the_command_prints_a_table_and_only_that(values: dict[str, str]) -> None:
    ran = doctor({**values, "PUBLIC_URL": "http://127.0.0.1:1"})
    lines = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr) == (1, "")
    assert lines[0].split() == ["check", "found", "means", "do"]
    assert any(line.startswith("ok    settings") for line in lines)
    assert any(line.startswith("FAIL  public address") for line in lines)
    assert lines[-1].endswith("failed.")


def test_nothing_wrong_is_told_so() -> None:
    assert report.is_healthy(FINDINGS[:1])
    assert report.as_table(FINDINGS[:1]).endswith("\n\nNothing is wrong.")
    assert json.loads(report.as_json(FINDINGS[:1]))["healthy"] is True


@pytest.mark.parametrize("width", [40, 80, 120, 400])
def test_the_table_stays_within_its_width(width: int) -> None:
    lines = report.as_table(FINDINGS, width).splitlines()
    assert max(map(len, lines)) <= min(160, max(80, width))
    assert " ".join(lines).count("ask") == 30


async def _faint(_: Patient) -> list[Finding]:
    raise LookupError("this is a bug")


async def test_a_check_that_breaks_is_a_finding(values: dict[str, str]) -> None:
    async with open_session(proxy_from_environment=False) as session:
        patient = Patient(load_settings(values), session, lambda: datetime.now(UTC))
        (finding,) = await _checked("clock", _faint, patient)
    assert (finding.check, finding.status) == ("clock", Status.FAILED)
    assert finding.found == "LookupError: this is a bug"
