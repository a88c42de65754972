"""The settings: whether they are usable."""

from collections.abc import Sequence

from commands.doctor.findings import Finding, failed, ok
from settings import Settings, SettingsError

CHECK = "settings"


def unusable(error: SettingsError) -> list[Finding]:
    """Return one finding for each mistake; with these the bot does not start, and nothing else can be looked at."""
    do = "Correct it in the environment or in .env; .env.example explains each setting"
    return [failed(CHECK, problem, "The bot does not start", do) for problem in error.problems]


def usable(settings: Settings) -> Sequence[Finding]:
    """Say who the bot is."""
    if settings.local_mode:
        return [ok(CHECK, f"local mode, {settings.public_url}")]
    tenants = "any tenant" if settings.allowed_tenants is None else f"{len(settings.allowed_tenants)} tenant(s)"
    return [ok(CHECK, f"{settings.app_type} {settings.app_id} at {settings.public_url}, for {tenants}")]
