"""What each setting is called in the environment, and the words that some of them choose from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent


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


class DatabaseAuth(StrEnum):
    """How the bot signs in to PostgreSQL: by the URL's password, or by its managed identity."""

    PASSWORD = "password"  # noqa: S105 - the word, not a password
    ENTRA = "entra"


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


def _named(name: str) -> Any:
    return field(default="", metadata={"name": name}, repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings as they stand in the environment or in .env: text, unchecked, empty when absent."""

    app_id: str = _named("MicrosoftAppId")
    app_password: str = _named("MicrosoftAppPassword")
    app_type: str = _named("MicrosoftAppType")
    app_tenant_id: str = _named("MicrosoftAppTenantId")
    certificate_path: str = _named("MicrosoftAppCertificatePath")
    certificate_thumbprint: str = _named("MicrosoftAppCertificateThumbprint")
    channel_service: str = _named("CHANNEL_SERVICE")
    host: str = _named("HOST")
    port: str = _named("PORT")
    public_url: str = _named("PUBLIC_URL")
    website_hostname: str = _named("WEBSITE_HOSTNAME")
    secret_key: str = _named("SECRET_KEY")
    database_url: str = _named("DATABASE_URL")
    database_auth: str = _named("DATABASE_AUTH")
    azure_client_id: str = _named("AZURE_CLIENT_ID")
    allowed_tenants: str = _named("ALLOWED_TENANTS")
    sentry_urls: str = _named("SENTRY_URLS")
    log_level: str = _named("LOG_LEVEL")
    log_format: str = _named("LOG_FORMAT")
    metrics_token: str = _named("METRICS_TOKEN")
    sentry_dsn: str = _named("SENTRY_DSN")
    insights: str = _named("APPLICATIONINSIGHTS_CONNECTION_STRING")
    otlp_endpoint: str = _named("OTEL_EXPORTER_OTLP_ENDPOINT")
    deliveries_kept_days: str = _named("DELIVERIES_KEPT_DAYS")
    alert_storm_minutes: str = _named("ALERT_STORM_MINUTES")
    card_language: str = _named("CARD_LANGUAGE")
    https_proxy: str = _named("HTTPS_PROXY")
    sentry_oauth_clients: str = _named("SENTRY_OAUTH_CLIENTS")


_NAMES = {each.name: str(each.metadata["name"]) for each in fields(Environment)}


def environment_of(values: Mapping[str, str | None]) -> Environment:
    """Return the settings among `values` (name in the environment → text)."""
    found = {name.lower(): text or "" for name, text in values.items()}
    return Environment(**{known: found.get(name.lower(), "") for known, name in _NAMES.items()})


def setting_names() -> frozenset[str]:
    """Return every name that the bot reads from the environment."""
    return frozenset(_NAMES.values())


def name_of(known: str) -> str:
    """Return what a field of Environment is called in the environment."""
    return _NAMES[known]
