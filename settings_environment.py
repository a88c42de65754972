"""The settings as they stand in the environment or in .env, and the words that some of them choose from."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

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


class Environment(BaseSettings):
    """The settings as they stand in the environment or in .env: text, unchecked, empty when absent."""

    model_config = SettingsConfigDict(
        env_file=HOME / ".env", env_file_encoding="utf-8-sig", extra="ignore", frozen=True, populate_by_name=True
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
    database_auth: str = Field("", validation_alias="DATABASE_AUTH")
    azure_client_id: str = Field("", validation_alias="AZURE_CLIENT_ID")
    allowed_tenants: str = Field("", validation_alias="ALLOWED_TENANTS")
    sentry_urls: str = Field("", validation_alias="SENTRY_URLS")
    log_level: str = Field("", validation_alias="LOG_LEVEL")
    log_format: str = Field("", validation_alias="LOG_FORMAT")
    metrics_token: str = Field("", validation_alias="METRICS_TOKEN")
    sentry_dsn: str = Field("", validation_alias="SENTRY_DSN")
    insights: str = Field("", validation_alias="APPLICATIONINSIGHTS_CONNECTION_STRING")
    otlp_endpoint: str = Field("", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    deliveries_kept_days: str = Field("", validation_alias="DELIVERIES_KEPT_DAYS")
    alert_storm_minutes: str = Field("", validation_alias="ALERT_STORM_MINUTES")
    card_language: str = Field("", validation_alias="CARD_LANGUAGE")
    https_proxy: str = Field("", validation_alias="HTTPS_PROXY")
    sentry_oauth_clients: str = Field("", validation_alias="SENTRY_OAUTH_CLIENTS")


def setting_names() -> frozenset[str]:
    """Return every name that the bot reads from the environment."""
    return frozenset(map(name_of, Environment.model_fields))


def name_of(field: str) -> str:
    """Return what a field of Environment is called in the environment."""
    return str(Environment.model_fields[field].validation_alias)
