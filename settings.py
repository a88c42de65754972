"""The bot's settings: the only reader of the environment and of .env."""

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from dotenv import dotenv_values

import settings_identity as identity
import settings_rules as rules
from settings_environment import (
    HOME,
    AppType,
    ChannelService,
    Environment,
    LogFormat,
    LogLevel,
    environment_of,
    setting_names,
)

__all__ = [
    "DATA",
    "HOME",
    "AppType",
    "ChannelService",
    "Environment",
    "LogFormat",
    "LogLevel",
    "Settings",
    "SettingsError",
    "load_settings",
    "read_environment",
    "setting_names",
]
DATA = HOME / "data"
MINIMAL_KEY_BYTES = 32
MINIMAL_TOKEN_CHARACTERS = 20
KEY_RECIPE = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"


class SettingsError(Exception):
    """The settings cannot be used; the text names every mistake, one a line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {problem}" for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked settings. Without `app_id` the bot runs in local mode: loopback only, authentication off.

    `allowed_tenants` is None when any tenant may install. `database_identity` is the client id of the managed identity
    that signs in to PostgreSQL, None when the URL holds the password. Empty: `metrics_token` for loopback only,
    `sentry_dsn`, `insights` and `otlp_endpoint` for none.
    """

    app_id: str | None
    app_password: str = field(repr=False)
    app_type: AppType
    app_tenant_id: str
    certificate_path: Path | None
    certificate_thumbprint: str
    channel_service: ChannelService
    host: str
    port: int
    public_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    database_url: str = field(repr=False)
    database_identity: str | None
    allowed_tenants: frozenset[str] | None
    sentry_urls: tuple[str, ...]
    log_level: LogLevel
    log_format: LogFormat
    metrics_token: str = field(repr=False)
    sentry_dsn: str = field(repr=False)
    insights: str = field(repr=False)
    otlp_endpoint: str
    deliveries_kept: timedelta
    alert_storm: timedelta
    card_language: str
    proxy_from_environment: bool
    sentry_clients: tuple[rules.SentryClient, ...] = ()

    @property
    def local_mode(self) -> bool:
        """True when nobody is authenticated and only this machine may talk to the bot."""
        return self.app_id is None


def read_environment() -> Environment:
    """Return what stands in the environment, and else in .env; names count in any case, as Windows knows only one."""
    # Windows' editors begin a file with a mark that is no part of the first name.
    return environment_of({**dotenv_values(HOME / ".env", encoding="utf-8-sig"), **os.environ})


def load_settings(values: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and .env, or from `values` alone (name → text).

    Raises SettingsError with every mistake at once. In local mode a missing SECRET_KEY is made and kept under data/.
    """
    return _resolve(read_environment() if values is None else environment_of(values))


def _card_language(text: str, problems: list[str]) -> str:
    """Return the language; the catalogues themselves are not read for that."""
    known = ["en", *sorted(path.name for path in HOME.glob("locale/*"))]
    language = text.strip().lower() or "en"
    if language not in known:
        problems.append(f"CARD_LANGUAGE is {text!r}; it must be one of {', '.join(known)}")
    return language


def _resolve(env: Environment) -> Settings:
    problems: list[str] = []
    app_id = env.app_id.strip().lower() or None
    app_type = rules.choice(AppType, "MicrosoftAppType", env.app_type, AppType.SINGLE_TENANT, problems)
    port = rules.number("PORT", env.port, 3978, rules.HIGHEST_PORT, problems)
    log_format = LogFormat.JSON if app_id else LogFormat.CONSOLE
    problems += identity.registered_problems(env, app_type) if app_id else identity.local_problems(env)
    problems += identity.vault_problems(env)
    settings = Settings(
        app_id=app_id,
        app_password=env.app_password,
        app_type=app_type,
        app_tenant_id=env.app_tenant_id.strip().lower(),
        certificate_path=Path(env.certificate_path) if env.certificate_path else None,
        certificate_thumbprint=env.certificate_thumbprint.strip(),
        channel_service=_channel_service(env.channel_service, problems),
        host=env.host.strip() or ("0.0.0.0" if app_id else "127.0.0.1"),  # noqa: S104 - behind App Service's front end
        port=port,
        public_url=_public_url(env, app_id, port, problems),
        secret_keys=_secret_keys(env.secret_key, app_id, problems),
        database_url=identity.database_url(env, DATA / "bot.db", problems),
        database_identity=identity.database_identity(env, app_type, problems),
        allowed_tenants=_allowed_tenants(env, app_type, problems),
        sentry_urls=_sentry_urls(env.sentry_urls, problems),
        log_level=rules.choice(LogLevel, "LOG_LEVEL", env.log_level, LogLevel.INFO, problems),
        log_format=rules.choice(LogFormat, "LOG_FORMAT", env.log_format, log_format, problems),
        metrics_token=_metrics_token(env.metrics_token, problems),
        sentry_dsn=env.sentry_dsn.strip(),
        insights=env.insights.strip(),
        otlp_endpoint=env.otlp_endpoint.strip(),
        deliveries_kept=timedelta(
            days=rules.number("DELIVERIES_KEPT_DAYS", env.deliveries_kept_days, 7, 365, problems)
        ),
        alert_storm=timedelta(minutes=rules.number("ALERT_STORM_MINUTES", env.alert_storm_minutes, 15, 1440, problems)),
        card_language=_card_language(env.card_language, problems),
        proxy_from_environment=bool(env.https_proxy),
        sentry_clients=rules.sentry_clients(
            "SENTRY_OAUTH_CLIENTS", env.sentry_oauth_clients, _sentry_urls(env.sentry_urls, []), problems
        ),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def _channel_service(text: str, problems: list[str]) -> ChannelService:
    # The SDKs of other languages name the cloud by its address.
    known = {"https://botframework.azure.us": "usgov", "https://botframework.com": "public"}
    name = known.get(text.strip().rstrip("/"), text)
    return rules.choice(ChannelService, "CHANNEL_SERVICE", name, ChannelService.PUBLIC, problems)


def _public_url(env: Environment, app_id: str | None, port: int, problems: list[str]) -> str:
    if env.public_url.strip():
        return rules.url("PUBLIC_URL", env.public_url, problems, plain_http=app_id is None)
    if env.website_hostname:
        return f"https://{env.website_hostname}"
    if app_id is None:
        return f"http://localhost:{port}"
    problems.append("PUBLIC_URL is missing: the https:// address where people reach the bot")
    return ""


def _sentry_urls(text: str, problems: list[str]) -> tuple[str, ...]:
    # Self-hosted Sentry in a private network is often plain http; only the operator can name it.
    named = rules.words(text) or ["https://sentry.io"]
    return tuple(rules.url("SENTRY_URLS", url, problems, plain_http=True) for url in named)


def _secret_keys(text: str, app_id: str | None, problems: list[str]) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if not keys and app_id is None:
        return (_kept_secret(),)
    if not keys:
        problems.append(f"SECRET_KEY is missing; make one: {KEY_RECIPE}")
    if any(len(key.encode()) < MINIMAL_KEY_BYTES for key in keys):
        problems.append(f"SECRET_KEY: each key needs at least {MINIMAL_KEY_BYTES} bytes")
    return keys


def _kept_secret() -> str:
    """Return local mode's own key, made once, readable by its owner only."""
    path = DATA / "secret_key"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        draft = DATA / f"secret_key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), "ascii")
        try:
            path.hardlink_to(draft)  # fails when another process was first: its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("ascii")


def _allowed_tenants(env: Environment, app_type: AppType, problems: list[str]) -> frozenset[str] | None:
    named = rules.words(env.allowed_tenants)
    if "*" in named or (not named and not env.app_id):
        return None
    if named:
        return rules.guids("ALLOWED_TENANTS", named, problems)
    if app_type is AppType.MULTI_TENANT:
        problems.append("ALLOWED_TENANTS is missing: the tenant ids that may install a MultiTenant bot, or * for any")
    return frozenset({env.app_tenant_id.strip().lower()})


def _metrics_token(text: str, problems: list[str]) -> str:
    token = text.strip()
    if token and len(token) < MINIMAL_TOKEN_CHARACTERS:
        problems.append(f"METRICS_TOKEN needs at least {MINIMAL_TOKEN_CHARACTERS} characters")
    return token
