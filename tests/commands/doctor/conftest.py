from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from commands.doctor import check_all
from commands.doctor.findings import Finding, Status
from settings import load_settings
from tests.conftest import ServedBot

Examine = Callable[..., Awaitable["Findings"]]


class Findings:
    """What the doctor found, by check."""

    def __init__(self, findings: list[Finding]) -> None:
        self.all = findings

    def failures(self) -> list[str]:
        return [finding.check for finding in self.all if finding.status is Status.FAILED]

    def of(self, check: str) -> Finding:
        (finding,) = [finding for finding in self.all if finding.check == check]
        return finding


@pytest.fixture
async def examine(bot: ServedBot, values: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Examine a running bot with changed settings; None: not set. No package lies under data/."""
    monkeypatch.setattr("commands.doctor.manifest.DATA", tmp_path / "data")

    async def examined(package: Path | None = None, /, **changed: str | None) -> Findings:
        wanted = {**values, "PUBLIC_URL": bot.url, **changed}
        settings = load_settings({name: value for name, value in wanted.items() if value is not None})
        return Findings(await check_all(settings, package))

    return examined
