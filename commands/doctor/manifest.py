"""The app package: whether the newest one that was written here is for this bot."""

import asyncio
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from commands.doctor.findings import Finding, failed, ok, skipped
from commands.doctor.patient import Patient
from settings import DATA, Settings

CHECK = "app package"
AGAIN = "Write it again (python bot.py package) and upload it with a higher --version"


async def check(patient: Patient) -> Sequence[Finding]:
    """Compare bot id and domain in the package's manifest with the settings."""
    if patient.settings.local_mode:
        return []
    return [await asyncio.to_thread(_look, patient)]


def _look(patient: Patient) -> Finding:
    path = patient.package or newest(DATA)
    if path is None:
        return skipped(CHECK, "none under data/", "Name it by --package, or write one with python bot.py package")
    try:
        manifest = read(path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        return failed(CHECK, f"{path.name}: {type(error).__name__}", "It is no app package", AGAIN)
    problem = compare(manifest, patient.settings)
    if problem:
        return failed(CHECK, f"{path.name}: {problem}", "Teams talks to another bot, or blocks this one's pages", AGAIN)
    return ok(CHECK, f"{path.name} is for this bot and its address")


def newest(folder: Path) -> Path | None:
    """Return the app package that was written last, None when there is none."""
    return max(folder.glob("teams-app-*.zip"), key=lambda path: path.stat().st_mtime, default=None)


def read(path: Path) -> dict[str, Any]:
    """Return the manifest in an app package; raises KeyError, ValueError, OSError or BadZipFile."""
    with zipfile.ZipFile(path) as package:
        manifest = json.loads(package.read("manifest.json"))
    if not isinstance(manifest, dict):
        raise ValueError("manifest.json is no object")  # noqa: TRY004 - of the file's content
    return manifest


def compare(manifest: dict[str, Any], settings: Settings) -> str:
    """Return what in the manifest is of another bot, empty when nothing is."""
    bots = manifest.get("bots")
    ids = [bot.get("botId") for bot in bots if isinstance(bot, dict)] if isinstance(bots, list) else []
    host = urlsplit(settings.public_url).hostname
    if settings.app_id not in ids:
        return f"its bot id is {', '.join(map(str, ids)) or 'missing'}, not {settings.app_id}"
    if host not in (manifest.get("validDomains") or ()):
        return f"its valid domains do not have {host}"
    return ""
