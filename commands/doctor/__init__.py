"""`python bot.py doctor`: finds out why the bot does not answer."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapter.http import open_session
from commands import Subparsers
from commands.doctor import clock, database, hosts, keys, manifest, public_url, report, sentry, settings_check, token
from commands.doctor.findings import Finding, failed
from commands.doctor.patient import Check, Patient
from commands.quiet import quiet
from settings import Settings, SettingsError, load_settings

CHECKS: Sequence[tuple[str, Check]] = (
    ("clock", clock.check),
    ("hosts", hosts.check),
    ("signing keys", keys.check),
    ("connector token", token.check),
    ("database", database.check),
    ("public address", public_url.check),
    ("app package", manifest.check),
    ("Sentry", sentry.check),
)
WITHIN = 30.0


def add_parser(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("doctor", help="find out why the bot does not answer")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--package", type=Path, help="the app package to compare (default: the newest under data/)")


def run(args: argparse.Namespace) -> int:
    """Print what was found; 1 when something failed. Nothing is changed, and no secret is printed."""
    quiet()
    findings = examine(args.package)
    sys.stdout.write((report.as_json if args.json else report.as_table)(findings) + "\n")
    return 0 if report.is_healthy(findings) else 1


def examine(package: Path | None = None) -> list[Finding]:
    """Make every check that can be made."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return settings_check.unusable(error)
    return asyncio.run(check_all(settings, package))


async def check_all(settings: Settings, package: Path | None = None) -> list[Finding]:
    """Make every check of a bot whose settings are usable, all at the same time."""
    async with open_session(proxy_from_environment=settings.proxy_from_environment) as session:
        patient = Patient(settings, session, lambda: datetime.now(UTC), package)
        groups = await asyncio.gather(*(_checked(name, check, patient) for name, check in CHECKS))
    return [*settings_check.usable(settings), *(finding for group in groups for finding in group)]


async def _checked(name: str, check: Check, patient: Patient) -> Sequence[Finding]:
    """Make one check; that it breaks, or hangs, is a finding too."""
    try:
        async with asyncio.timeout(WITHIN):
            return await check(patient)
    except TimeoutError:
        return [failed(name, f"no result within {WITHIN:.0f} s", "It cannot be told", "Try again")]
    except Exception as error:  # noqa: BLE001 - a doctor that faints helps nobody
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return [failed(name, told, "The check itself broke", "Report it, with this line")]
