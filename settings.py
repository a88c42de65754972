"""The bot's settings: the only reader of the environment and of .env."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

import settings_rules as rules
from settings_rules import GUID, LOOPBACK

HOME = Path(__file__).resolve().parent
DATA = HOME / "data"
MINIMAL_KEY_BYTES = 32
KEY_RECIPE = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
UNGUARDED = "but MicrosoftAppId is not: without it nobody is authenticated, so the bot stays on loopback"


class SettingsError(Exception):
    """The settings cannot be used; the text names every mistake, one a line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {problem}" for problem in self.problems))


class AppType(StrEnum):
    """How the bot is registered in Azure."""

    SINGLE_TENANT = "SingleTenant"
    MULTI_TENANT = "MultiTenant"
    USER_ASSIGNED_MSI = "UserAssignedMSI"


class ChannelService(StrEnum):
    """The cloud whose Bot Framework service talks to the bot."""

    PUBLIC = "public"
    US_GOVERNMENT = "usgov"
    US_DOD = "dod"


class LogLevel(StrEnum):
    """From which level on log lines are written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogFormat(StrEnum):
    """`console` for people, `json` for machines: one object a line."""

    CONSOLE = "console"
    JSON = "json"


class Environment(BaseSettings):
    """The settings as they stand in the environment or in .env: text, unchecked, empty when absent."""

    model_config = SettingsConfigDict(
        env_file=HOME / ".env", env_file_encoding="utf-8", extra="ignore", frozen=True, populate_by_name=True
    )

    app_id: str = Field("", validation_alias="MicrosoftAppId")
    app_password: str = Field("", validation_alias="MicrosoftAppPassword")
    app_type: str = Field("", validation_alias="MicrosoftAppType")
    app_tenant_id: str = Field("", validation_alias="MicrosoftAppTenantId")
    certificate_path: str = Field("", validation_alias="MicrosoftAppCertificatePath")
    certificate_thumbprint: str = Field("", validation_alias="MicrosoftAppCertificateThumbprint")
    channel_service: str = Field("", validation_alias="CHANNEL_SERVICE")
    host: str = Field("", validation_alias="HOST")
    port: str = Field("", validation_alias="PORT")
    public_url: str = Field("", validation_alias="PUBLIC_URL")
    website_hostname: str = Field("", validation_alias="WEBSITE_HOSTNAME")
    secret_key: str = Field("", validation_alias="SECRET_KEY")
    database_url: str = Field("", validation_alias="DATABASE_URL")
    allowed_tenants: str = Field("", validation_alias="ALLOWED_TENANTS")
    sentry_urls: str = Field("", validation_alias="SENTRY_URLS")
    log_level: str = Field("", validation_alias="LOG_LEVEL")
    log_format: str = Field("", validation_alias="LOG_FORMAT")
    https_proxy: str = Field("", validation_alias="HTTPS_PROXY")


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked settings. Without `app_id` the bot runs in local mode: loopback only, authentication off.

    `allowed_tenants` is None when any tenant may install.
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
    allowed_tenants: frozenset[str] | None
    sentry_urls: tuple[str, ...]
    log_level: LogLevel
    log_format: LogFormat
    proxy_from_environment: bool

    @property
    def local_mode(self) -> bool:
        """True when nobody is authenticated and only this machine may talk to the bot."""
        return self.app_id is None


def load_settings(values: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and .env, or from `values` alone (name → text).

    Raises SettingsError with every mistake at once. In local mode a missing SECRET_KEY is made and kept under data/.
    """
    return _resolve(Environment() if values is None else _environment(values))


def setting_names() -> frozenset[str]:
    """Return every name that the bot reads from the environment."""
    return frozenset(str(info.validation_alias) for info in Environment.model_fields.values())


def _environment(values: Mapping[str, str]) -> Environment:
    named = {name: values.get(str(info.validation_alias), "") for name, info in Environment.model_fields.items()}
    return Environment.model_construct(None, **named)


def _resolve(env: Environment) -> Settings:
    problems: list[str] = []
    app_id = env.app_id.strip().lower() or None
    app_type = rules.choice(AppType, "MicrosoftAppType", env.app_type, AppType.SINGLE_TENANT, problems)
    port = rules.number("PORT", env.port, 3978, rules.HIGHEST_PORT, problems)
    log_format = LogFormat.JSON if app_id else LogFormat.CONSOLE
    problems += _identity_problems(env, app_type) if app_id else _local_problems(env)
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
        database_url=_database_url(env.database_url, problems),
        allowed_tenants=_allowed_tenants(env, app_type, problems),
        sentry_urls=_sentry_urls(env.sentry_urls, problems),
        log_level=rules.choice(LogLevel, "LOG_LEVEL", env.log_level, LogLevel.INFO, problems),
        log_format=rules.choice(LogFormat, "LOG_FORMAT", env.log_format, log_format, problems),
        proxy_from_environment=bool(env.https_proxy),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def _channel_service(text: str, problems: list[str]) -> ChannelService:
    # The SDKs of other languages name the cloud by its address.
    known = {"https://botframework.azure.us": "usgov", "https://botframework.com": "public"}
    name = known.get(text.strip().rstrip("/"), text)
    return rules.choice(ChannelService, "CHANNEL_SERVICE", name, ChannelService.PUBLIC, problems)


def _identity_problems(env: Environment, app_type: AppType) -> list[str]:
    problems = [] if GUID.fullmatch(env.app_id.strip()) else [f"MicrosoftAppId is {env.app_id!r}; it must be a GUID"]
    if app_type is not AppType.MULTI_TENANT and not GUID.fullmatch(env.app_tenant_id.strip()):
        problems.append(f"MicrosoftAppTenantId must be the tenant's GUID when MicrosoftAppType is {app_type}")
    if app_type is not AppType.USER_ASSIGNED_MSI:
        problems += _secret_problems(env)
    return problems


def _secret_problems(env: Environment) -> list[str]:
    if bool(env.certificate_path) != bool(env.certificate_thumbprint):
        return ["MicrosoftAppCertificatePath and MicrosoftAppCertificateThumbprint belong together"]
    if env.certificate_path:
        found = Path(env.certificate_path).is_file()
        return [] if found else [f"MicrosoftAppCertificatePath: there is no file {env.certificate_path}"]
    return [] if env.app_password else ["MicrosoftAppPassword (or a certificate) is missing"]


def _local_problems(env: Environment) -> list[str]:
    problems = []
    if env.host.strip() and env.host.strip() not in LOOPBACK:
        problems.append(f"HOST={env.host} is set, {UNGUARDED}")
    if env.website_hostname:
        problems.append(f"WEBSITE_HOSTNAME is set, {UNGUARDED}")
    leftovers = (("MicrosoftAppPassword", env.app_password), ("MicrosoftAppTenantId", env.app_tenant_id))
    return problems + [f"{name} is set, but MicrosoftAppId is not" for name, value in leftovers if value]


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


def _database_url(text: str, problems: list[str]) -> str:
    url = text.strip() or f"sqlite:///{DATA / 'bot.db'}"
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("DATABASE_URL must start with sqlite:/// or postgresql://")
    return url


def _allowed_tenants(env: Environment, app_type: AppType, problems: list[str]) -> frozenset[str] | None:
    named = rules.words(env.allowed_tenants)
    if "*" in named or (not named and not env.app_id):
        return None
    if named:
        return rules.guids("ALLOWED_TENANTS", named, problems)
    if app_type is AppType.MULTI_TENANT:
        problems.append("ALLOWED_TENANTS is missing: the tenant ids that may install a MultiTenant bot, or * for any")
    return frozenset({env.app_tenant_id.strip().lower()})
